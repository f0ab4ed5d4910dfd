import { listWorkspaces } from "@leasehold/db/control/members/list-members";
import { type Progress, readProgress } from "@leasehold/db/control/onboarding/read-progress";
import { findSignUp, listSignUpsOf, type SignUp } from "@leasehold/db/control/onboarding/read-sign-up";
import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { readCapability, readSession } from "../context.ts";
import { sha256 } from "../hmac.ts";
import type { Services } from "../services.ts";

export interface FoundOnboarding {
  tenantId: TenantId;
  organizationName: string;
  slug: string;
  plan: string;
  state: SignUp["state"];
  signUpId: string | undefined;
  expiresAt: Date | undefined;
}

/**
 * The onboarding that this browser may watch: by the capability of its sign-up, or as the person who verified one, or as
 * a member. With `slug`, only that one. Throws NOT_FOUND.
 */
export async function findOnboarding(services: Services, headers: Headers, slug?: string): Promise<FoundOnboarding> {
  const capability = readCapability(headers);
  const signUp = capability ? await findSignUp(services.control, sha256(capability)) : undefined;
  if (signUp && (slug === undefined || signUp.slug === slug)) return fromSignUp(signUp);
  const user = await readSession(services, headers);
  if (user) {
    const [verified] = await listSignUpsOf(services.control, user.userId, slug);
    if (verified) return fromSignUp(verified);
    const workspaces = await listWorkspaces(services.control, user.userId);
    const workspace = workspaces.find((candidate) => slug === undefined || candidate.slug === slug);
    if (workspace) return { ...workspace, organizationName: workspace.name, state: "VERIFIED", signUpId: undefined, expiresAt: undefined };
  }
  throw new DomainError("NOT_FOUND", "There is no sign-up to show in this browser. Sign in, or open the link in your mail.", {
    reason: "onboarding-unknown",
  });
}

/** Its progress; undefined while the e-mail is not verified. */
export function progressOf(services: Services, onboarding: FoundOnboarding): Promise<Progress | undefined> {
  return readProgress(services.control, onboarding.tenantId);
}

function fromSignUp(signUp: SignUp): FoundOnboarding {
  const { tenantId, organizationName, slug, plan, state, signUpId, expiresAt } = signUp;
  return { tenantId, organizationName, slug, plan, state, signUpId, expiresAt };
}
