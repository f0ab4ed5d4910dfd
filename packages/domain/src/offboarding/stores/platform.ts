import type { StoreDefinition } from "./definition.ts";

/** What the platform keeps beside its databases. */
export const platformStores = [
  {
    store: "runs-ended",
    label: "Work that was under way in Temporal",
    holds: "Payloads of open runs, encrypted",
    disposition: "deleted",
    step: "end-runs",
  },
  {
    store: "runs-deleted",
    label: "History of the workspace's work in Temporal",
    holds: "Payloads of its runs, encrypted",
    disposition: "deleted",
    step: "delete-runs",
  },
  {
    store: "anchors",
    label: "Audit anchors in the object store",
    holds: "Tenant id, a number and a hash",
    disposition: "expires",
    step: "verify",
    note: "Locked against deletion for as long as the operator has set, without content.",
  },
  {
    store: "logs",
    label: "Logs, traces and metrics",
    holds: "Ids, codes, sizes and times; no name, address or content",
    disposition: "expires",
    step: "verify",
    note: "They end with the retention that the operator has set for them.",
  },
] as const satisfies readonly StoreDefinition[];
