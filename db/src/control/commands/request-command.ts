import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId, type OperationId } from "@leasehold/domain/ids";
import { eq } from "drizzle-orm";
import { commands } from "../schema/commands.ts";
import type { ControlTransaction } from "../with-control.ts";
import { bodyHash } from "./body-hash.ts";

export interface CommandRequest {
  operationId: OperationId;
  /** `onboard-tenant`, `retry-step`, `roll-back`. */
  kind: string;
  /** Chosen by the caller, once per thing it wants; kept for good. */
  idempotencyKey: string;
  /** What the caller asked for, as it asked; only its hash is kept. */
  body: unknown;
  reason?: string;
  /** For the dispatcher: ids only. */
  payload?: Record<string, unknown>;
}

export interface RequestedCommand {
  commandId: string;
  operationId: OperationId;
  outcome: "requested" | "repeated";
}

/**
 * Writes a command for the dispatcher, or gives back the one that was written under the same key with the same body.
 * Two at once wait for each other. Throws CONFLICT (`idempotency-key-reused`) for another body, actor's tenant or kind.
 */
export async function requestCommand(tx: ControlTransaction, ctx: TenantContext, request: CommandRequest): Promise<RequestedCommand> {
  const hash = bodyHash(request.body);
  const commandId = newId("command");
  const inserted = await tx
    .insert(commands)
    .values({
      tenantId: ctx.tenantId,
      commandId,
      operationId: request.operationId,
      kind: request.kind,
      idempotencyKey: request.idempotencyKey,
      bodyHash: hash,
      actor: actorRef(ctx.actor),
      requestId: ctx.requestId,
      reason: request.reason,
      payload: request.payload ?? {},
    })
    .onConflictDoNothing()
    .returning({ commandId: commands.commandId });
  if (inserted.length === 1) return { commandId, operationId: request.operationId, outcome: "requested" };
  const existing = await findCommand(tx, request.idempotencyKey, request.kind, hash);
  // The row belongs to a tenant that this caller cannot see.
  if (existing === undefined) throw keyReused();
  return existing;
}

/**
 * The command that was written under a key, for callers that make ids before they ask; undefined when there is none
 * that this transaction may see. Throws CONFLICT (`idempotency-key-reused`) when its kind or body was another.
 */
export async function findCommand(
  tx: ControlTransaction,
  idempotencyKey: string,
  kind: string,
  hash: string,
): Promise<RequestedCommand | undefined> {
  const [row] = await tx.select().from(commands).where(eq(commands.idempotencyKey, idempotencyKey));
  if (row === undefined) return undefined;
  if (row.kind !== kind || row.bodyHash !== hash || row.operationId === null) throw keyReused();
  return { commandId: row.commandId, operationId: row.operationId, outcome: "repeated" };
}

function keyReused(): DomainError {
  return new DomainError("CONFLICT", "This idempotency key was used for another request. Send a new key.", {
    reason: "idempotency-key-reused",
  });
}
