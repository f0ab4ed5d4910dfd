import { countRows, readStored } from "@leasehold/db/application/placement/erase-rows";
import { countControlRows } from "@leasehold/db/control/offboarding/control-stores";
import { keepInventory } from "@leasehold/db/control/offboarding/keep-inventory";
import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import { DomainError } from "@leasehold/domain/errors";
import { isPlanId } from "@leasehold/domain/plans";
import type { OperationRef } from "../operations/run-step.ts";
import { findKeys } from "./keys/find-keys.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { withAuditedDatabase } from "./stores/audited-database.ts";
import { objects } from "./stores/objects.ts";
import { stack } from "./stores/stack.ts";

/** Within the activity's time. */
const patienceMs = 50_000;

/**
 * Idempotent by operation id: a later count takes the place of an earlier one. What there is to be shredded, in numbers, for whoever
 * decides about it; and for how long copies of it are in backups.
 */
export function takeInventory(needs: ShreddingDependencies) {
  return async ({ tenantId, operationId }: OperationRef): Promise<void> => {
    const { placement, plan } = await readTenant(needs.control, tenantId);
    if (placement === null || !isPlanId(plan)) {
      throw new DomainError("PRECONDITION_FAILED", "The tenant has no place.", { reason: "not-placed" });
    }
    const ref = { tenantId, operationId, plan, placement, signal: AbortSignal.timeout(patienceMs) };
    const look = async (pool: typeof needs.auditor.application) => ({
      documents: await countRows(pool, tenantId, "app.documents"),
      bytes: (await readStored(pool, tenantId))?.bytes ?? 0,
    });
    const stored = await withAuditedDatabase(needs, placement, look, { documents: 0, bytes: 0 });
    await keepInventory(needs.control, ref, {
      ...stored,
      members: await countControlRows(needs.auditor.control, "control.members", ref),
      keys: (await findKeys(needs, ref)).filter(({ former }) => former === undefined).length,
      stacks: await stack(needs).count(ref),
      objects: await objects(needs).count(ref),
      backups: `Backups of databases are kept for ${needs.retention.backupDays} days, those of the keyring for ${needs.retention.keyringBackupDays}. What they hold of names and contents cannot be read once the keys are destroyed.`,
      countedAt: new Date().toISOString(),
    });
  };
}
