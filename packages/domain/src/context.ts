import type { OperationId, TenantId } from "./ids.ts";

/** Who acts. `system` is a workflow step and carries the operation that it works for; `api-key` is a program of the tenant's. */
export type Actor =
  | { type: "user"; userId: string }
  | { type: "api-key"; keyId: string }
  | { type: "operator"; operatorId: string }
  | { type: "system"; operationId: OperationId };

/** Passed as an argument through every verb that touches one tenant. */
export interface TenantContext {
  tenantId: TenantId;
  actor: Actor;
  requestId: string;
}

/** The audit log's short form of an actor: `user:usr_…`, `api-key:key_…`, `operator:opr_…`, `system:op_…`. */
export function actorRef(actor: Actor): string {
  switch (actor.type) {
    case "user":
      return `user:${actor.userId}`;
    case "api-key":
      return `api-key:${actor.keyId}`;
    case "operator":
      return `operator:${actor.operatorId}`;
    case "system":
      return `system:${actor.operationId}`;
  }
}
