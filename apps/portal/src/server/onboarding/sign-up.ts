import { findPendingPassword, savePendingSignUp } from "@leasehold/db/control/identity/save-pending-sign-up";
import { queueMail } from "@leasehold/db/control/mail/queue-mail";
import { keyReused, type ReservedSignUp, reserveSignUp } from "@leasehold/db/control/onboarding/reserve-sign-up";
import { acrossTenants } from "@leasehold/db/control/tenants/across-tenants";
import type { PlanId } from "@leasehold/domain/plans";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import { capabilityOf } from "../context.ts";
import { keyed, sha256 } from "../hmac.ts";
import { hashPassword, verifyPassword } from "../identity/passwords.ts";
import type { Services } from "../services.ts";

/** As `checkSignUp` gives it. */
export interface SignUpInput {
  organizationName: string;
  slug: string;
  email: string;
  password: string;
  plan: PlanId;
  idempotencyKey: string;
}

/** The secret in the mailed link: derived, so that a retry sends the same link and nothing readable is kept. */
export function verificationSecret(services: Services, signUpId: string): string {
  return keyed(services.env.PORTAL_HMAC_SECRET, "verify-email", signUpId);
}

/**
 * Takes the address and sends the mail that proves the e-mail. Never looks whether the e-mail has an account, so its
 * answer cannot tell. The same key and body give the same sign-up back. Throws as `reserveSignUp`.
 */
export async function signUp(services: Services, input: SignUpInput, requestId: string): Promise<ReservedSignUp & { capability: string }> {
  const { env } = services;
  const { email } = input;
  const body = { organizationName: input.organizationName, slug: input.slug, email, plan: input.plan };
  const capability = capabilityOf(services, input.idempotencyKey);
  const reserved = await reserveSignUp(services.control, {
    organizationName: input.organizationName,
    slug: input.slug,
    plan: input.plan,
    region: env.LEASEHOLD_REGION,
    idempotencyKey: input.idempotencyKey,
    bodyHash: keyed(env.PORTAL_HMAC_SECRET, "sign-up-body", JSON.stringify(body)),
    capabilityHash: sha256(capability),
    requestId,
  });
  const { signUpId, tenantId, expiresAt } = reserved;
  if (reserved.state === "PENDING_VERIFICATION") {
    const pending = { signUpId, tenantId, email, verificationHash: sha256(verificationSecret(services, signUpId)), expiresAt };
    await keepPassword(services, pending, input.password);
    await sendVerification(services, { signUpId, email, organizationName: input.organizationName }, "first");
  }
  return { ...reserved, capability };
}

/** The password is in no hash of the catalog: a retry is compared with what the first request left. @throws DomainError CONFLICT */
async function keepPassword(
  { identity }: Services,
  pending: Omit<Parameters<typeof savePendingSignUp>[1], "passwordHash">,
  password: string,
): Promise<void> {
  const kept = await findPendingPassword(identity, pending.signUpId);
  if (kept === undefined) {
    await savePendingSignUp(identity, { ...pending, passwordHash: await hashPassword(password) });
    const first = await findPendingPassword(identity, pending.signUpId);
    if (first === undefined || (await verifyPassword({ hash: first, password }))) return;
  } else if (await verifyPassword({ hash: kept, password })) return;
  throw keyReused();
}

/** Queues the mail with the link; one per sign-up and occasion. */
export async function sendVerification(
  services: Services,
  to: { signUpId: string; email: string; organizationName: string },
  occasion: string,
): Promise<void> {
  const url = `${services.env.PORTAL_URL}/verify-email?token=${to.signUpId}.${verificationSecret(services, to.signUpId)}`;
  const sealed = await sealMail(services.env.MAIL_PUBLIC_JWK, {
    template: "verify-email",
    to: to.email,
    props: { url, organizationName: to.organizationName },
  });
  await acrossTenants(services.control, "mail-without-tenant", (tx) =>
    queueMail(tx, { dedupeKey: `verify-email:${to.signUpId}:${occasion}`, template: "verify-email", sealed }),
  );
}
