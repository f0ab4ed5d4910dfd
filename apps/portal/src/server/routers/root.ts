import { createCallerFactory, router } from "../trpc.ts";
import { apiKeysRouter } from "./api-keys.ts";
import { documentsRouter } from "./documents.ts";
import { erasureRouter } from "./erasure.ts";
import { exportsRouter } from "./exports.ts";
import { invitationsRouter } from "./invitations.ts";
import { keysRouter } from "./keys.ts";
import { membersRouter } from "./members.ts";
import { offboardingRouter } from "./offboarding.ts";
import { onboardingRouter } from "./onboarding.ts";
import { secondFactorRouter } from "./second-factor.ts";
import { sessionRouter } from "./session.ts";
import { signUpRouter } from "./sign-up.ts";
import { workspaceRouter } from "./workspace.ts";

export const portalRouter = router({
  signUp: signUpRouter,
  onboarding: onboardingRouter,
  session: sessionRouter,
  secondFactor: secondFactorRouter,
  workspace: workspaceRouter,
  members: membersRouter,
  invitations: invitationsRouter,
  documents: documentsRouter,
  keys: keysRouter,
  apiKeys: apiKeysRouter,
  exports: exportsRouter,
  erasure: erasureRouter,
  offboarding: offboardingRouter,
});

export type PortalRouter = typeof portalRouter;
/** Calls procedures in process, with their whole chain of checks: pages on the server, and tests. */
export const createCaller = createCallerFactory(portalRouter);
