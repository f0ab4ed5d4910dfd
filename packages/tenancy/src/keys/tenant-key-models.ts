import { randomBytes } from "node:crypto";
import type { KMSClient } from "@aws-sdk/client-kms";
import type { WrappedBranchKey, WrappedKeyRow } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import type { KeyPurpose } from "@leasehold/db/keyring/schema/data-keys";
import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { poolOfKey } from "@leasehold/domain/keys/epochs";
import type pg from "pg";
import { withBranchKey } from "./branch-key.ts";
import type { OwnBranchLeases } from "./branch-leases.ts";
import { dataKeyBytes } from "./derive-key.ts";
import { unwrapUnderBranch, wrapUnderBranch } from "./epoch-cipher.ts";
import { generateWrappedDataKey, unwrapDataKey } from "./wrapped-key.ts";

/** What the worker wraps and opens keys with: its own clients. */
export interface KeyModelNeeds {
  keyring: pg.Pool;
  kms: KMSClient;
  /** Holds branch keys for a while; without it each is opened for its one use. */
  branchKeys?: OwnBranchLeases | undefined;
}

export interface FreshKey {
  purpose: KeyPurpose;
  version: number;
  wrapped: Buffer;
  /** ARN of the KMS key that wraps it, or `epoch:<pool>`. */
  kmsKeyArn: string;
  epoch: number | null;
}

/**
 * New data keys of a tenant by its model: wrapped by the KMS key of that ARN, which keeps them to itself, or, for `epoch:<pool>`, here
 * under the branch key of the pool's current epoch. Kept by `keepDataKey` or `addDataKey`, which refuse an epoch that has turned
 * meanwhile (UNAVAILABLE `epoch-turned`): ask again then. Throws PRECONDITION_FAILED `no-epoch` where the pool has none.
 */
export async function wrapFreshKeys(
  needs: KeyModelNeeds,
  { tenantId, keyArn }: { tenantId: TenantId; keyArn: string },
  wanted: readonly { purpose: KeyPurpose; version: number }[],
): Promise<FreshKey[]> {
  const { keyring, kms } = needs;
  const pool = poolOfKey(keyArn);
  if (pool === undefined) {
    return Promise.all(
      wanted.map(async ({ purpose, version }) => {
        const wrapped = await generateWrappedDataKey(kms, { tenantId, version, keyArn, purpose });
        return { purpose, version, wrapped, kmsKeyArn: keyArn, epoch: null };
      }),
    );
  }
  const branch = await currentEpoch(keyring, pool);
  return useBranchKey(needs, branch, (branchKey) =>
    wanted.map(({ purpose, version }) => {
      const fresh = randomBytes(dataKeyBytes);
      const wrapped = wrapUnderBranch(branchKey, { tenantId, purpose, version, pool, epoch: branch.epoch }, fresh);
      fresh.fill(0);
      return { purpose, version, wrapped, kmsKeyArn: keyArn, epoch: branch.epoch };
    }),
  );
}

/** A tenant's key by either model, 32 bytes; the caller zeroises it. KMS says whether the worker may: of `payload` keys alone. */
export async function unwrapTenantKey(
  needs: Pick<KeyModelNeeds, "kms" | "branchKeys">,
  tenantId: TenantId,
  { version, keyArn, wrapped, branch, sealedAs: purpose }: Pick<WrappedKeyRow, "version" | "keyArn" | "wrapped" | "branch" | "sealedAs">,
): Promise<Buffer> {
  if (branch === null) return unwrapDataKey(needs.kms, { tenantId, version, keyArn, purpose }, wrapped);
  const { pool, epoch } = branch;
  return useBranchKey(needs, branch, (branchKey) => unwrapUnderBranch(branchKey, { tenantId, purpose, version, pool, epoch }, wrapped));
}

function useBranchKey<T>(
  { kms, branchKeys }: Pick<KeyModelNeeds, "kms" | "branchKeys">,
  branch: WrappedBranchKey,
  work: (branchKey: Buffer) => T,
): Promise<T> {
  return branchKeys === undefined ? withBranchKey(kms, branch, work) : branchKeys.use(branch, work);
}

/** The epoch that takes new keys. Throws PRECONDITION_FAILED `no-epoch`. */
export async function currentEpoch(keyring: pg.Pool, pool: string): Promise<WrappedBranchKey> {
  const found = await findEpoch(keyring, pool, "current");
  if (found !== undefined) return found;
  throw new DomainError("PRECONDITION_FAILED", `The pool ${pool} has no epoch yet.`, { reason: "no-epoch" });
}
