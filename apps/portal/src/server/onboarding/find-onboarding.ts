import { listWorkspaces } from "@leasehold/db/control/members/list-members";
import { type Progress, readProgress } from "@leasehold/db/control/onboarding/read-progress";
import { findSignUp, listSignUpsOf, type SignUp } from "@leasehold/db/control/onboarding/read-sign-up";
import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { closedOnboardingStates } from "../../lib/onboarding-states.ts";
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
  /** Undefined while the e-mail is not verified. */
  progress: Progress | undefined;
}

/** How long after its end a sign-up still shows it, so that an open page can. */
const graceMs = 60 * 60_000;

/**
 * The onboarding that this browser may watch: by the capability of its sign-up, or as the person who verified one, or as
 * a member. With `slug`, only that one. Once the onboarding has been over for an hour, membership alone counts.
 * Throws NOT_FOUND.
 */
export async function findOnboarding(services: Services, headers: Headers, slug?: string): Promise<FoundOnboarding> {
  const capability = readCapability(services, headers);
  const signUp = capability ? await findSignUp(services.control, sha256(capability)) : undefined;
  const held = signUp && (slug === undefined || signUp.slug === slug) ? await fromSignUp(services, signUp) : undefined;
  if (held) return held;
  const user = await readSession(services, headers);
  if (user) {
    for (const verified of await listSignUpsOf(services.control, user.userId, slug)) {
      const found = await fromSignUp(services, verified);
      if (found) return found;
    }
    const workspaces = await listWorkspaces(services.control, user.userId);
    const workspace = workspaces.find((candidate) => slug === undefined || candidate.slug === slug);
    if (workspace) {
      const progress = await readProgress(services.control, workspace.tenantId);
      return { ...workspace, organizationName: workspace.name, state: "VERIFIED", signUpId: undefined, expiresAt: undefined, progress };
    }
  }
  throw new DomainError("NOT_FOUND", "There is no sign-up to show in this browser. Sign in, or open the link in your mail.", {
    reason: "onboarding-unknown",
  });
}

async function fromSignUp(services: Services, signUp: SignUp): Promise<FoundOnboarding | undefined> {
  const { tenantId, organizationName, slug, plan, state, signUpId, expiresAt } = signUp;
  const progress = state === "VERIFIED" ? await readProgress(services.control, tenantId) : undefined;
  if (progress && isLongOver(progress)) return undefined;
  return { tenantId, organizationName, slug, plan, state, signUpId, expiresAt, progress };
}

function isLongOver({ state, finishedAt, createdAt }: Progress): boolean {
  return closedOnboardingStates.has(state) && (finishedAt ?? createdAt).getTime() < Date.now() - graceMs;
}
