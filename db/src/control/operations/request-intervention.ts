import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { isBeyondReturn } from "@leasehold/domain/offboarding/steps";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { bodyHash } from "../commands/body-hash.ts";
import { findCommand, type RequestedCommand, requestCommand } from "../commands/request-command.ts";
import { withControl } from "../with-control.ts";
import { hasBegunRollback } from "./has-begun-rollback.ts";
import { lockOperation } from "./lock-operation.ts";
import { refuseSecondIntervention } from "./refuse-second-intervention.ts";

export interface Intervention {
  tenantId: string;
  operationId: string;
  action: "retry-step" | "roll-back";
  /** The step that the operator saw the operation parked at. */
  step: string;
  reason: string;
  idempotencyKey: string;
  operatorId: string;
  requestId: string;
}

/**
 * Asks for a parked operation to be taken up again at its step, or to be rolled back. The worker carries it out.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `not-parked` when it does not wait at this step; CONFLICT
 * `decision-pending` when another decision is on its way, `idempotency-key-reused`; PRECONDITION_FAILED `past-no-return` for rolling
 * back a closing whose keys are being destroyed; PRECONDITION_FAILED `rolling-back` for retrying what was being rolled back.
 */
export async function requestIntervention(pool: Pool, input: Intervention): Promise<RequestedCommand> {
  const tenantId = input.tenantId as TenantId;
  const operationId = input.operationId as OperationId;
  const ctx: TenantContext = { tenantId, actor: { type: "operator", operatorId: input.operatorId }, requestId: input.requestId };
  const body = { tenantId, operationId, action: input.action, step: input.step, reason: input.reason };
  return withControl(pool, { tenantId }, async (tx) => {
    const operation = await lockOperation(tx, tenantId, operationId);
    const repeated = await findCommand(tx, input.idempotencyKey, input.action, bodyHash(body));
    if (repeated) return repeated;
    if (operation.state !== "NEEDS_ATTENTION" || operation.attentionStep !== input.step) {
      throw new DomainError(
        "PRECONDITION_FAILED",
        "The operation is not parked at this step any more. Reload the page to see where it is.",
        {
          reason: "not-parked",
        },
      );
    }
    if (input.action === "roll-back" && operation.kind === "offboarding" && isBeyondReturn(input.step)) {
      throw new DomainError("PRECONDITION_FAILED", "The closing is past its point of no return: the step can only be tried again.", {
        reason: "past-no-return",
      });
    }
    if (input.action === "retry-step" && (await hasBegunRollback(tx, { tenantId, operationId }))) {
      const said =
        "Part of this operation is undone already: it cannot go forward any more. Roll back again, which finishes the roll back.";
      throw new DomainError("PRECONDITION_FAILED", said, { reason: "rolling-back" });
    }
    await refuseSecondIntervention(tx, tenantId, operationId);
    const command = await requestCommand(tx, ctx, {
      operationId,
      kind: input.action,
      idempotencyKey: input.idempotencyKey,
      body,
      reason: input.reason,
      payload: { step: input.step },
    });
    const action = input.action === "retry-step" ? "operation.retry-requested" : "operation.roll-back-requested";
    await emitAudit(tx, ctx, action, operationId, { step: input.step, reason: input.reason });
    return command;
  });
}
