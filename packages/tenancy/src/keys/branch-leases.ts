import type { KMSClient } from "@aws-sdk/client-kms";
import type { WrappedBranchKey } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { leaseMs } from "@leasehold/domain/keys/leases";
import { ExpiringCache } from "../cache/expiring-cache.ts";
import type { TenantScope } from "../context.ts";
import { openBranchKey } from "./branch-key.ts";

/** Epochs that a process works with: the current one of each pool, and the one before it while keys move. */
const poolsAtOnce = 16;

interface Lease {
  key: Buffer;
  until: number;
}

export interface BranchLeases {
  /**
   * Runs `work`, which is synchronous, with the branch key, opened with the tenant's own credentials. It is held for that tenant, so
   * that a tenant whom KMS refuses gets nothing by another's asking.
   * @param until milliseconds since 1970, from then on it is zeros; one that has passed: it is opened for this once
   */
  use<T>(scope: TenantScope, branch: WrappedBranchKey, until: number, work: (branchKey: Buffer) => T): Promise<T>;
  /** Zeroises every key that is held. */
  close(): void;
}

export function createBranchLeases(kmsFor: (scope: TenantScope) => Promise<KMSClient>, maxEntries: number): BranchLeases {
  const leases = createLeases(maxEntries);
  return {
    use: (scope, branch, until, work) => {
      const open = async () => openBranchKey(await kmsFor({ ...scope, branchKeyArn: branch.keyArn }), branch);
      return leases.use([scope.tenantId, branch.keyArn, branch.pool, branch.epoch].join("|"), open, until, work);
    },
    close: leases.close,
  };
}

/** Branch keys of a process that has a client of its own, for whichever tenant it works: opened once in 30 s. */
export interface OwnBranchLeases {
  use<T>(branch: WrappedBranchKey, work: (branchKey: Buffer) => T): Promise<T>;
  /** Zeroises every key that is held. */
  close(): void;
}

export function createOwnBranchLeases(kms: KMSClient): OwnBranchLeases {
  const leases = createLeases(poolsAtOnce);
  return {
    use: (branch, work) =>
      leases.use([branch.keyArn, branch.pool, branch.epoch].join("|"), () => openBranchKey(kms, branch), Date.now() + leaseMs, work),
    close: leases.close,
  };
}

/** Keys by name, each until its time, then zeros; one whose time has passed already is opened for that once. */
function createLeases(maxEntries: number) {
  const leases = new ExpiringCache<Lease>({ maxEntries, freshUntil: ({ until }) => until, dispose: retire });

  async function lease(name: string, open: () => Promise<Buffer>, until: number): Promise<Lease> {
    const made: Lease = { key: await open(), until };
    setTimeout(
      () => {
        retire(made);
        leases.delete(name);
      },
      Math.max(0, until - Date.now()),
    ).unref();
    return made;
  }

  return {
    async use<T>(name: string, open: () => Promise<Buffer>, until: number, work: (key: Buffer) => T): Promise<T> {
      if (until > Date.now()) {
        const held = await leases.get(name, () => lease(name, open, until));
        if (held.until > Date.now()) return work(held.key);
      }
      const key = await open();
      try {
        return work(key);
      } finally {
        key.fill(0);
      }
    },
    close: () => leases.clear(),
  };
}

function retire(lease: Lease): void {
  lease.until = 0;
  lease.key.fill(0);
}
