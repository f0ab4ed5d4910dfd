import type { KMSClient } from "@aws-sdk/client-kms";
import type { WrappedKeyRow } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { poolOfKey } from "@leasehold/domain/keys/epochs";
import type { TenantScope } from "../context.ts";
import type { BranchLeases } from "./branch-leases.ts";
import { unwrapUnderBranch } from "./epoch-cipher.ts";
import { unwrapDataKey } from "./wrapped-key.ts";

/** A wrapped key as the keyring has it, with what it is under. */
export type StoredKey = Pick<WrappedKeyRow, "version" | "wrapped" | "keyArn"> &
  Partial<Pick<WrappedKeyRow, "sealedAs" | "customerManaged" | "branch">>;

export interface KeyOpening {
  kmsFor(scope: TenantScope): Promise<KMSClient>;
  branches: BranchLeases;
}

/**
 * A tenant's key by whichever model it is wrapped, 32 bytes, opened with the tenant's own credentials; the caller zeroises it.
 * @param until until when its branch key may be held, milliseconds since 1970
 */
export async function openStoredKey(
  { kmsFor, branches }: KeyOpening,
  scope: TenantScope,
  stored: StoredKey,
  until: number,
): Promise<Buffer> {
  const { tenantId } = scope;
  const { version, keyArn, wrapped, branch, sealedAs: purpose = "data" } = stored;
  if (poolOfKey(keyArn) === undefined) {
    const kms = await kmsFor(keyArn === scope.placement.keyArn ? scope : underKey(scope, keyArn));
    return unwrapDataKey(kms, { tenantId, version, keyArn, purpose }, wrapped);
  }
  if (branch == null) throw new Error("the epoch of a wrapped key is not there");
  const { pool, epoch } = branch;
  return branches.use(scope, branch, until, (key) => unwrapUnderBranch(key, { tenantId, purpose, version, pool, epoch }, wrapped));
}

/** The tenant as it is under another KMS key: its credentials then name that one. */
export function underKey(scope: TenantScope, keyArn: string): TenantScope {
  return { ...scope, placement: { ...scope.placement, keyArn } };
}
