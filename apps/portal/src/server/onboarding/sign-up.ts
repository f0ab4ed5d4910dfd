import { savePendingSignUp } from "@leasehold/db/control/identity/save-pending-sign-up";
import { queueMail } from "@leasehold/db/control/mail/queue-mail";
import { type ReservedSignUp, reserveSignUp } from "@leasehold/db/control/onboarding/reserve-sign-up";
import { withControl } from "@leasehold/db/control/with-control";
import type { PlanId } from "@leasehold/domain/plans";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import { hashPassword } from "better-auth/crypto";
import { capabilityOf } from "../context.ts";
import { keyed, sha256 } from "../hmac.ts";
import { checkPassword } from "../identity/password-rules.ts";
import type { Services } from "../services.ts";

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
 * answer cannot tell. The same key and body give the same sign-up back. Throws as `reserveSignUp`, or VALIDATION (`password`).
 */
export async function signUp(services: Services, input: SignUpInput, requestId: string): Promise<ReservedSignUp & { capability: string }> {
  const { env } = services;
  const email = input.email.toLowerCase();
  checkPassword(input.password, [input.organizationName, input.slug, email]);
  const body = { organizationName: input.organizationName, slug: input.slug, email, password: input.password, plan: input.plan };
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
    const passwordHash = await hashPassword(input.password);
    const verificationHash = sha256(verificationSecret(services, signUpId));
    await savePendingSignUp(services.identity, { signUpId, tenantId, email, passwordHash, verificationHash, expiresAt });
    await sendVerification(services, { signUpId, email, organizationName: input.organizationName }, "first");
  }
  return { ...reserved, capability };
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
  await withControl(services.control, {}, (tx) =>
    queueMail(tx, { dedupeKey: `verify-email:${to.signUpId}:${occasion}`, template: "verify-email", sealed }),
  );
}
