import type { OperationId, TenantId } from "./ids.ts";

/** Who acts. `system` is a workflow step and carries the operation that it works for. */
export type Actor =
  | { type: "user"; userId: string }
  | { type: "operator"; operatorId: string }
  | { type: "system"; operationId: OperationId };

/** Passed as an argument through every verb that touches one tenant. */
export interface TenantContext {
  tenantId: TenantId;
  actor: Actor;
  requestId: string;
}

/** The audit log's short form of an actor: `user:usr_…`, `operator:opr_…`, `system:op_…`. */
export function actorRef(actor: Actor): string {
  switch (actor.type) {
    case "user":
      return `user:${actor.userId}`;
    case "operator":
      return `operator:${actor.operatorId}`;
    case "system":
      return `system:${actor.operationId}`;
  }
}
