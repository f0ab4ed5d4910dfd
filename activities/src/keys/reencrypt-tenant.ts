import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { nextVersion } from "@leasehold/db/keyring/data-keys/add-data-key";
import { DomainError } from "@leasehold/domain/errors";
import { nothing } from "../onboarding/step-place.ts";
import { patiently } from "../operations/patiently.ts";
import { type StepContext, stepActivity } from "../operations/run-step.ts";
import type { KeyDependencies } from "./dependencies.ts";
import { callKeyCare } from "./key-care-client.ts";
import { keyPlaceOf } from "./step-place.ts";

export interface Reencrypted {
  cells: number;
  bodies: number;
  unreadable: number;
  /** Under a key that is lost: passed over. */
  lost: number;
  /** Names that are found again, where the index key was lost and made anew. */
  indexed: number;
}

/**
 * Idempotent by the version: what is under it is passed over, so that an attempt that was cut short is carried on by the next.
 * The application plane encrypts a page at a time, under the tenant's own credentials, while the tenant works.
 */
export function reencryptTenant(needs: KeyDependencies) {
  return stepActivity(
    needs,
    keyPlaceOf("re-encrypt"),
    async (context) => {
      const { tenantId, operationId, requestId } = context;
      const version = await versionOf(needs, context);
      const counts = await reencryptAll(needs, context, version);
      const ctx = { tenantId, actor: { type: "system", operationId } as const, requestId };
      return { within: (tx) => emitAudit(tx, ctx, "keys.re-encrypted", operationId, { version, ...counts }) };
    },
    nothing,
  );
}

/** The version that the operation has made. Throws PRECONDITION_FAILED when it is not there. */
export async function versionOf({ keyring }: KeyDependencies, { tenantId, operationId }: StepContext): Promise<number> {
  const next = await nextVersion(keyring, tenantId, operationId);
  if (next?.made) return next.version;
  throw new DomainError("PRECONDITION_FAILED", "The new data key is not in the keyring any more.", { reason: "no-data-key" });
}

/** One walk over everything that the tenant has stored. @returns what this walk did */
export async function reencryptAll(needs: KeyDependencies, context: StepContext, version: number): Promise<Reencrypted> {
  const { catalog, signal } = context;
  const total: Reencrypted = { cells: 0, bodies: 0, unreadable: 0, lost: 0, indexed: 0 };
  let cursor: { part: number; after: string } | undefined;
  do {
    const page = await patiently(signal, () =>
      callKeyCare(needs, { ...context, plan: catalog.plan }, (keys, options) => keys.reencrypt.mutate({ version, cursor }, options)),
    );
    total.cells += page.cells;
    total.bodies += page.bodies;
    total.unreadable += page.unreadable;
    total.lost += page.lost;
    total.indexed += page.indexed;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return total;
}
