import { readTenantKey } from "@leasehold/db/control/keys/read-tenant-key";
import { withholdKeys } from "@leasehold/db/keyring/data-keys/withhold-keys";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { Placement } from "@leasehold/domain/placement";
import { cutOffTenantKey, restoreTenantKey } from "../keys/cut-off-tenant-key.ts";
import { endGrants, giveGrant } from "../keys/grants.ts";
import { abortable } from "../operations/abortable.ts";
import type { SuspensionDependencies } from "./dependencies.ts";

type Needs = Pick<SuspensionDependencies, "control" | "keyring" | "kms">;

interface Of {
  tenantId: TenantId;
  operationId: OperationId;
  placement: Placement;
  signal: AbortSignal;
}

/**
 * Idempotent by tenant id. Nothing opens under the tenant's keys any more, whoever holds credentials. A customer's own key stays as its
 * owner has it: our grant on it ends.
 */
export async function switchKeysOff({ control, keyring, ...needs }: Needs, { tenantId, placement, signal }: Of): Promise<void> {
  const kms = abortable(needs.kms, signal);
  if (await isCustomers(control, tenantId)) {
    await withholdKeys(keyring, tenantId, true);
    await endGrants({ control, kms }, tenantId, "");
  } else await cutOffTenantKey({ keyring, kms }, { tenantId, keyArn: placement.keyArn });
}

/** Idempotent by tenant id. The keys open as before; on a customer's own key we are given a grant again. Throws PRECONDITION_FAILED (`key-retired`). */
export async function switchKeysOn({ control, keyring, ...needs }: Needs, of: Of): Promise<void> {
  const { tenantId, operationId, placement, signal } = of;
  const { keyArn, roleArn } = placement;
  const kms = abortable(needs.kms, signal);
  if (await isCustomers(control, tenantId)) {
    await giveGrant({ control, kms }, { tenantId, operationId, keyArn, roleArn });
    await withholdKeys(keyring, tenantId, false);
  } else await restoreTenantKey({ keyring, kms }, { tenantId, keyArn });
}

async function isCustomers(control: Needs["control"], tenantId: TenantId): Promise<boolean> {
  return (await readTenantKey(control, tenantId)).custody === "customer";
}
