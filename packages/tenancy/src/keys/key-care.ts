import { randomBytes } from "node:crypto";
import { DecryptCommand, EncryptCommand, type KMSClient } from "@aws-sdk/client-kms";
import type { WrappedBranchKey, WrappedKeyRow } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import type { RewrappedKey } from "@leasehold/db/keyring/data-keys/rewrap-keys";
import type { TenantId } from "@leasehold/domain/ids";
import { poolOfKey } from "@leasehold/domain/keys/epochs";
import type { TenantScope } from "../context.ts";
import { withBranchKey } from "./branch-key.ts";
import { createBranchLeases } from "./branch-leases.ts";
import { unwrapUnderBranch, wrapUnderBranch } from "./epoch-cipher.ts";
import { openStoredKey, underKey } from "./stored-key.ts";
import { closureOf, customerKeyRefused, keyUnavailable } from "./unreadable.ts";
import { unwrapDataKey, wrapDataKey } from "./wrapped-key.ts";

/** What the tenant's own credentials are refused on a key, by action; the key's own states are looked at elsewhere. */
export type RefusedAction = "kms:Encrypt" | "kms:Decrypt";

export interface KeyCare {
  /**
   * Tries a KMS key with the tenant's credentials, in a context that no data key has. `wrapped` was made in that context by whoever may.
   * Throws UNAVAILABLE when KMS does not answer.
   */
  tryKey(scope: TenantScope, keyArn: string, wrapped: Buffer | undefined): Promise<RefusedAction[]>;
  /**
   * Every key of the tenant, wrapped under another KMS key, or the pool's current epoch, as well, and proved to be the same by unwrapping it. Nothing is kept.
   * Throws as `DataKeys.use` does.
   */
  rewrap(scope: TenantScope, keyArn: string): Promise<RewrappedKey[]>;
}

export interface KeyCareSources {
  listWrappedKeys(tenantId: TenantId): Promise<WrappedKeyRow[]>;
  findCurrentEpoch(pool: string): Promise<WrappedBranchKey | undefined>;
  kmsFor(scope: TenantScope): Promise<KMSClient>;
}

/** No branch key is held. */
const forThisOnce = 0;

/** Of trials only: what is wrapped in it is no data key's. */
export function trialContext(tenantId: TenantId): Record<string, string> {
  return { tenant: tenantId, version: "0", purpose: "trial" };
}

/** What a tenant's keys are looked after with, under the tenant's own credentials. */
export function createKeyCare({ listWrappedKeys, findCurrentEpoch, kmsFor }: KeyCareSources): KeyCare {
  return {
    async tryKey(scope, keyArn, wrapped) {
      const kms = await kmsFor(underKey(scope, keyArn));
      const EncryptionContext = trialContext(scope.tenantId);
      const encrypted = await kms.send(new EncryptCommand({ KeyId: keyArn, Plaintext: randomBytes(32), EncryptionContext })).catch(denied);
      const CiphertextBlob = wrapped ?? encrypted?.CiphertextBlob;
      const decrypted =
        CiphertextBlob && (await kms.send(new DecryptCommand({ KeyId: keyArn, CiphertextBlob, EncryptionContext })).catch(denied));
      return [...(encrypted ? [] : ["kms:Encrypt" as const]), ...(decrypted ? [] : ["kms:Decrypt" as const])];
    },
    async rewrap(scope, keyArn) {
      const branches = createBranchLeases(kmsFor, 1);
      const target = await targetOf(scope, keyArn);
      const rewrapped: RewrappedKey[] = [];
      for (const row of await listWrappedKeys(scope.tenantId)) {
        const { purpose, version, wrapped: from, customerManaged } = row;
        const key = await openStoredKey({ kmsFor, branches }, scope, row, forThisOnce).catch((error: unknown) => {
          throw refusal(error, customerManaged);
        });
        try {
          rewrapped.push({ purpose, version, from, ...(await target(row, key)) });
        } catch (error) {
          throw refusal(error, poolOfKey(keyArn) === undefined);
        } finally {
          key.fill(0);
        }
      }
      return rewrapped;
    },
  };

  type Wrapping = (row: WrappedKeyRow, key: Buffer) => Promise<Pick<RewrappedKey, "wrapped" | "epoch">>;

  /** How keys get under a KMS key, or under the epoch that its pool has now: each is opened again, to see that it is the same. */
  async function targetOf(scope: TenantScope, keyArn: string): Promise<Wrapping> {
    const { tenantId } = scope;
    const pool = poolOfKey(keyArn);
    if (pool === undefined) {
      const kms = await kmsFor(underKey(scope, keyArn));
      return async ({ version, sealedAs: purpose }, key) => {
        const identity = { tenantId, version, purpose, keyArn };
        const wrapped = await wrapDataKey(kms, identity, key);
        requireSame(key, await unwrapDataKey(kms, identity, wrapped));
        return { wrapped, epoch: null };
      };
    }
    const branch = await findCurrentEpoch(pool);
    if (branch === undefined) throw keyUnavailable(new Error("the pool has no epoch"));
    const kms = await kmsFor({ ...scope, branchKeyArn: branch.keyArn });
    return ({ version, sealedAs: purpose }, key) =>
      withBranchKey(kms, branch, (branchKey) => {
        const identity = { tenantId, version, purpose, pool, epoch: branch.epoch };
        const wrapped = wrapUnderBranch(branchKey, identity, key);
        requireSame(key, unwrapUnderBranch(branchKey, identity, wrapped));
        return { wrapped, epoch: branch.epoch };
      });
  }
}

function requireSame(key: Buffer, again: Buffer): void {
  const same = again.equals(key);
  again.fill(0);
  if (!same) throw new Error("a data key came back as another one");
}

function denied(error: unknown): undefined {
  if (closureOf(error) !== undefined) return undefined;
  throw keyUnavailable(error);
}

function refusal(error: unknown, customerManaged: boolean): unknown {
  const closure = customerManaged ? closureOf(error) : undefined;
  return closure === undefined ? keyUnavailable(error) : customerKeyRefused(closure, error);
}
