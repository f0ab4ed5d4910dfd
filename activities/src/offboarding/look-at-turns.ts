import { noteHeldTurn } from "@leasehold/db/control/offboarding/note-held-turn";
import { requireShredding } from "@leasehold/db/control/offboarding/require-shredding";
import { readKeyEvidence } from "@leasehold/db/control/offboarding/shredding-evidence";
import { readTurnProgress, type TurnProgress } from "@leasehold/db/keyring/epochs/read-turn";
import { onlyPool } from "@leasehold/domain/keys/epochs";
import type { OperationRef } from "../operations/run-step.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";

type Needs = Pick<ShreddingDependencies, "control" | "keyring">;

/** An epoch that the tenant's keys were under and whose turn has not ended. */
export type OpenTurn = { epoch: number } & Partial<TurnProgress>;

/**
 * Epochs that stand in the evidence and whose end KMS has not confirmed. One that nobody knows of any more is no ended one. One that the
 * tenant had left before and that is held is not among them: the second stamp waits for it.
 */
export async function listOpenTurns(needs: Needs, ref: OperationRef): Promise<OpenTurn[]> {
  return (await listTurns(needs, ref)).filter(({ former, state }) => !former || state !== "HELD");
}

/** Epochs that the tenant had left before and that have not ended: kept for keys that do not open, which are tried again now and then. */
export async function listKeptBefore(needs: Needs, ref: OperationRef): Promise<number[]> {
  return (await listTurns(needs, ref)).filter(({ former }) => former).map(({ epoch }) => epoch);
}

async function listTurns({ control, keyring }: Needs, ref: OperationRef): Promise<(OpenTurn & { former: boolean })[]> {
  const open: (OpenTurn & { former: boolean })[] = [];
  for (const { model, epoch, former } of await readKeyEvidence(control, ref)) {
    if (model !== "shared-epoch" || epoch === undefined) continue;
    const progress = await readTurnProgress(keyring, { pool: onlyPool, epoch });
    if (progress?.ended !== true) open.push({ epoch, former: former !== undefined, ...progress });
  }
  return open;
}

export interface TurnLook {
  turned: boolean;
  /** Milliseconds since 1970, when the last of the turns begins; null where that moment says nothing. */
  dueAt: number | null;
}

/**
 * Whether every epoch that a copy of the keyring would need has turned. One that is held for another tenant's key that does not open is
 * shown at the operation, for operators, until it goes on.
 */
export function lookAtTurns(needs: Needs) {
  return async ({ tenantId, operationId }: OperationRef): Promise<TurnLook> => {
    const ref = { tenantId, operationId };
    await requireShredding(needs.control, ref);
    const open = await listOpenTurns(needs, ref);
    await noteHeldTurn(needs.control, ref, open.find(({ state }) => state === "HELD")?.epoch);
    const moments = open.flatMap(({ state, dueAt }) => (state === "CURRENT" && dueAt != null ? [dueAt.getTime()] : []));
    return { turned: open.length === 0, dueAt: moments.length === 0 ? null : Math.max(...moments) };
  };
}
