import type { KMSClient } from "@aws-sdk/client-kms";
import type { WrappedBranchKey } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { ExpiringCache } from "../cache/expiring-cache.ts";
import type { TenantScope } from "../context.ts";
import { openBranchKey } from "./branch-key.ts";

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
  const leases = new ExpiringCache<Lease>({ maxEntries, freshUntil: ({ until }) => until, dispose: retire });
  const open = async (scope: TenantScope, branch: WrappedBranchKey) =>
    openBranchKey(await kmsFor({ ...scope, branchKeyArn: branch.keyArn }), branch);

  async function lease(name: string, scope: TenantScope, branch: WrappedBranchKey, until: number): Promise<Lease> {
    const made: Lease = { key: await open(scope, branch), until };
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
    async use(scope, branch, until, work) {
      const name = [scope.tenantId, branch.keyArn, branch.pool, branch.epoch].join("|");
      if (until > Date.now()) {
        const held = await leases.get(name, () => lease(name, scope, branch, until));
        if (held.until > Date.now()) return work(held.key);
      }
      const key = await open(scope, branch);
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
