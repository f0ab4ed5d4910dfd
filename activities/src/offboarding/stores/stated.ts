import { readStepEnd } from "@leasehold/db/control/offboarding/read-step-end";
import { readKeyEvidence } from "@leasehold/db/control/offboarding/shredding-evidence";
import { leaseMs } from "@leasehold/domain/keys/leases";
import type { CertificateKeyModel } from "@leasehold/domain/offboarding/certificate";
import { storeOf } from "@leasehold/domain/offboarding/stores";
import { countRuns } from "../runs/list-runs.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { Store } from "./store.ts";

/** AssumeRole's longest session here, and the longest life of anything that was given out (docs/security.md). */
export const sessionMs = 900_000;
const dayMs = 86_400_000;

/** What nobody can count and what ends by itself, so long after the keys were destroyed. */
export function endsAfter({ control }: ShreddingDependencies, how: string, ms: number): Store {
  return {
    how,
    count: async () => null,
    async keptUntil(ref) {
      const destroyed = await readStepEnd(control, ref, "destroy-keys");
      return destroyed === undefined ? undefined : new Date(destroyed.getTime() + ms).toISOString();
    },
  };
}

export const leases = (needs: ShreddingDependencies) => endsAfter(needs, "The longest that a process keeps an opened key", leaseMs);

/** What became of the key behind a session, by its model. */
const behind: Record<CertificateKeyModel, string> = {
  dedicated: "The workspace's own key was switched off at once.",
  stack: "The workspace's own key was switched off at once.",
  customer:
    "The customer's key is the customer's to switch off; our grant to it ended at once, and the wrapped keys that a session would need were deleted.",
  "shared-epoch":
    "The key of the epoch, which others share, goes on until the epoch has turned; the wrapped keys that a session would need were deleted at once, and one that a process had kept opens with a session until that ends.",
};

export function sessions(needs: ShreddingDependencies): Store {
  return {
    ...endsAfter(needs, "The longest that AWS lets a session or a link live that was given out before", sessionMs),
    async note(ref) {
      const keys = (await readKeyEvidence(needs.control, ref)).filter(({ former }) => former === undefined);
      const said = [...new Set(keys.map(({ model }) => behind[model]))].sort();
      return [...said, storeOf("sessions").note].join(" ");
    },
  };
}

/** Copies of the audit log's ends, locked for as long as the operator has set. */
export function anchors(needs: ShreddingDependencies): Store {
  const { anchorDays } = needs.retention;
  const how = "Retention of the audit bucket's lock, as the operator has set it";
  return anchorDays === undefined ? { how, count: async () => null } : endsAfter(needs, how, anchorDays * dayMs);
}

export function logs(needs: ShreddingDependencies): Store {
  return endsAfter(needs, "Retention of the log store, as the operator has set it", needs.retention.logDays * dayMs);
}

/** Runs that carried the tenant's data: ended and deleted by steps of their own. */
export function runs({ temporal }: ShreddingDependencies, which: "open" | "all"): Store {
  return {
    how: `Count of ${which === "all" ? "all" : "open"} runs by the prefix of the workspace's runs, as Temporal lists them`,
    count: ({ tenantId }) => countRuns(temporal, tenantId, which),
  };
}
