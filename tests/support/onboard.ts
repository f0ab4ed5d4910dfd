import { createHash, randomBytes } from "node:crypto";
import { decideApproval } from "@leasehold/db/control/onboarding/decide-approval";
import { requestOnboarding } from "@leasehold/db/control/onboarding/request-onboarding";
import { type ReservedSignUp, reserveSignUp } from "@leasehold/db/control/onboarding/reserve-sign-up";
import { requestIntervention } from "@leasehold/db/control/operations/request-intervention";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { type PlanId, plans } from "@leasehold/domain/plans";
import { operators } from "./operators.ts";
import type { World } from "./world.ts";

export interface PreparedSignUp {
  signUpId: ReservedSignUp["signUpId"];
  tenantId: TenantId;
  userId: string;
  plan: PlanId;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A sign-up whose address is not yet proved: nothing of it is created before `verifySignUp`. */
export async function prepareSignUp(world: World, plan: PlanId): Promise<PreparedSignUp> {
  const nonce = randomBytes(8).toString("hex");
  const request = {
    organizationName: `Organization ${nonce}`,
    slug: `o${nonce}`,
    plan,
    region: world.stack.region,
    idempotencyKey: nonce,
    bodyHash: sha256(nonce),
    capabilityHash: sha256(`capability ${nonce}`),
    requestId: newId("request"),
  };
  const { signUpId, tenantId } = await reserveSignUp(world.pool("control", "portal"), request);
  return { signUpId, tenantId, userId: newId("user"), plan };
}

/** What the portal does when the link in the mail is opened: tenant, operation and command in one transaction. */
export async function verifySignUp(world: World, { signUpId, tenantId, userId }: PreparedSignUp): Promise<OperationId> {
  const input = { signUpId, tenantId, userId, requestId: newId("request") };
  return (await requestOnboarding(world.pool("control", "portal"), input)).operationId;
}

/** Verifies, and approves where the plan asks for it: what makes the worker begin. */
export async function startOnboarding(world: World, signUp: PreparedSignUp): Promise<OperationId> {
  const operationId = await verifySignUp(world, signUp);
  if (!plans[signUp.plan].approval) return operationId;
  await decideApproval(world.pool("control", "operator"), { ...operatorCommand(signUp.tenantId, operationId), decision: "approve" });
  return operationId;
}

/** What an operator decides in the console about a parked operation. */
export async function decide(
  world: World,
  { tenantId }: PreparedSignUp,
  operationId: OperationId,
  input: { action: "retry-step" | "roll-back"; step: string },
): Promise<void> {
  await requestIntervention(world.pool("control", "operator"), { ...operatorCommand(tenantId, operationId), ...input });
}

function operatorCommand(tenantId: TenantId, operationId: OperationId) {
  const ids = { idempotencyKey: newId("command"), operatorId: operators.ada, requestId: newId("request") };
  return { tenantId, operationId, reason: "Decided in a test", ...ids };
}
