import {
  type ClaimedSignUp,
  claimPendingSignUp,
  describePendingSignUp,
  listUnsettledSignUps,
  settleSignUp,
} from "@leasehold/db/control/identity/claim-pending-sign-up";
import { findSignUp, findSignUpOfTenant } from "@leasehold/db/control/onboarding/read-sign-up";
import { expired, type RequestedOnboarding, requestOnboarding } from "@leasehold/db/control/onboarding/request-onboarding";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { equalSecrets, sha256 } from "../hmac.ts";
import { checkPassword } from "../identity/password-rules.ts";
import { hashPassword } from "../identity/passwords.ts";
import type { Services } from "../services.ts";
import { sealOutcomeMails } from "./outcome-mails.ts";
import { verificationSecret } from "./sign-up.ts";

export interface ConfirmedSignUp extends RequestedOnboarding {
  userId: string;
  account: ClaimedSignUp["outcome"];
}

/** What the browser that opened the link holds. */
export interface Confirmation {
  token: string;
  /** From this browser's cookie. */
  capability: string | undefined;
  /** What the mailbox's reader chose, where the browser is not the one that signed up. */
  password: string | undefined;
}

/** What the page behind the link asks for: nothing in the browser that signed up; elsewhere a confirmation, or a password too. */
export async function describeConfirmation(
  services: Services,
  { token, capability }: Omit<Confirmation, "password">,
): Promise<{ automatic: boolean; asksPassword: boolean }> {
  const link = readLink(services, token);
  if (!link) return { automatic: false, asksPassword: false };
  if (await isOwnSignUp(services, link.signUpId, capability)) return { automatic: true, asksPassword: false };
  const pending = await describePendingSignUp(services.identity, link.signUpId, link.verificationHash);
  return { automatic: false, asksPassword: pending !== undefined && !pending.hasAccount };
}

/**
 * Proves the address by the mailed token: account first, then tenant, operation and command. Each half is one
 * transaction and idempotent, so asking again heals a crash between them. Throws PRECONDITION_FAILED (`sign-up-expired`)
 * for every token that opens nothing, and VALIDATION (`password`) where an account needs one that can be used.
 */
export async function confirmSignUp(services: Services, confirmation: Confirmation, requestId: string): Promise<ConfirmedSignUp> {
  const link = readLink(services, confirmation.token);
  if (!link) throw expired();
  const { signUpId, verificationHash } = link;
  const own = await isOwnSignUp(services, signUpId, confirmation.capability);
  const chosen = own ? "typed-at-sign-up" : await choosePassword(services, link, confirmation.password);
  const claimed = await claimPendingSignUp(services.identity, signUpId, verificationHash, chosen);
  if (!claimed) throw expired();
  const onboarding = await followInCatalog(services, { signUpId, ...claimed, requestId });
  return { ...onboarding, userId: claimed.userId, account: claimed.outcome };
}

/** Finishes what a crash left between account and tenant, when the person signs in. A sign-up that has expired stays so. */
export async function settleSignUpsOf(services: Services, user: { id: string; email: string }, requestId: string): Promise<void> {
  for (const { signUpId, tenantId } of await listUnsettledSignUps(services.identity, user.id)) {
    try {
      await followInCatalog(services, { signUpId, tenantId, userId: user.id, email: user.email, requestId });
    } catch (error) {
      services.logger.warn({ err: error, requestId, tenantId }, "a verified sign-up could not be finished");
    }
  }
}

interface ProvedSignUp {
  signUpId: string;
  tenantId: TenantId;
  userId: string;
  email: string;
  requestId: string;
}

/** Tenant, operation, command and the mails about their outcome: nobody further on knows the address. */
async function followInCatalog(services: Services, { email, ...proved }: ProvedSignUp): Promise<RequestedOnboarding> {
  const signUp = await findSignUpOfTenant(services.control, proved.tenantId);
  if (!signUp) throw expired();
  const operationId = newId("operation");
  const mails = signUp.operationId ? [] : await sealOutcomeMails(services.env, signUp, email, operationId);
  const onboarding = await requestOnboarding(services.control, { ...proved, operationId, mails });
  await settleSignUp(services.identity, proved.signUpId);
  return onboarding;
}

interface Link {
  signUpId: string;
  verificationHash: string;
}

function readLink(services: Services, token: string): Link | undefined {
  const [signUpId = "", secret = ""] = token.split(".");
  return equalSecrets(secret, verificationSecret(services, signUpId)) ? { signUpId, verificationHash: sha256(secret) } : undefined;
}

/** Whether the browser is the one that asked for exactly this sign-up, whoever else asked for others. */
async function isOwnSignUp(services: Services, signUpId: string, capability: string | undefined): Promise<boolean> {
  return capability !== undefined && (await findSignUp(services.control, sha256(capability)))?.signUpId === signUpId;
}

/** The hash of the password that the mailbox's reader chose, for an address without an account. */
async function choosePassword(services: Services, link: Link, password: string | undefined): Promise<{ hash: string } | undefined> {
  if (password === undefined) return undefined;
  const pending = await describePendingSignUp(services.identity, link.signUpId, link.verificationHash);
  if (!pending || pending.hasAccount) return undefined;
  const signUp = await findSignUpOfTenant(services.control, pending.tenantId);
  checkPassword(password, [signUp?.organizationName ?? "", signUp?.slug ?? "", pending.email]);
  return { hash: await hashPassword(password) };
}
