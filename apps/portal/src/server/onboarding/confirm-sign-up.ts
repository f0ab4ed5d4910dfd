import {
  type ClaimedSignUp,
  claimPendingSignUp,
  listUnsettledSignUps,
  settleSignUp,
} from "@leasehold/db/control/identity/claim-pending-sign-up";
import { expired, type RequestedOnboarding, requestOnboarding } from "@leasehold/db/control/onboarding/request-onboarding";
import { equalSecrets, sha256 } from "../hmac.ts";
import type { Services } from "../services.ts";
import { verificationSecret } from "./sign-up.ts";

export interface ConfirmedSignUp extends RequestedOnboarding {
  userId: string;
  account: ClaimedSignUp["outcome"];
}

/**
 * Proves the address by the mailed token: account first, then tenant, operation and command. Each half is one
 * transaction and idempotent, so asking again heals a crash between them. Throws PRECONDITION_FAILED (`sign-up-expired`)
 * for every token that opens nothing.
 */
export async function confirmSignUp(services: Services, token: string, requestId: string): Promise<ConfirmedSignUp> {
  const [signUpId = "", secret = ""] = token.split(".");
  if (!equalSecrets(secret, verificationSecret(services, signUpId))) throw expired();
  const claimed = await claimPendingSignUp(services.identity, signUpId, sha256(secret));
  if (!claimed) throw expired();
  const { tenantId, userId, outcome } = claimed;
  const onboarding = await requestOnboarding(services.control, { signUpId, tenantId, userId, requestId });
  await settleSignUp(services.identity, signUpId);
  return { ...onboarding, userId, account: outcome };
}

/** Finishes what a crash left between account and tenant, when the person signs in. A sign-up that has expired stays so. */
export async function settleSignUpsOf(services: Services, userId: string, requestId: string): Promise<void> {
  for (const { signUpId, tenantId } of await listUnsettledSignUps(services.identity, userId)) {
    try {
      await requestOnboarding(services.control, { signUpId, tenantId, userId, requestId });
      await settleSignUp(services.identity, signUpId);
    } catch (error) {
      services.logger.warn({ err: error, requestId, tenantId }, "a verified sign-up could not be finished");
    }
  }
}
