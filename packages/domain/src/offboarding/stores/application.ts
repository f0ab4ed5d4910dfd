import type { StoreDefinition } from "./definition.ts";

/** What a tenant's people have stored, and where. */
export const applicationStores = [
  {
    store: "objects",
    label: "Files with every version",
    holds: "Bodies of documents, exports, every version and delete marker, unfinished uploads",
    disposition: "deleted",
    step: "delete-objects",
  },
  { store: "app.tenant_home", label: "Home in the application database", holds: "State", disposition: "deleted", step: "delete-rows" },
  { store: "app.api_keys", label: "API keys", holds: "Names, digests of secrets", disposition: "deleted", step: "delete-rows" },
  {
    store: "app.idempotency_keys",
    label: "Answers to repeated requests",
    holds: "Requests and answers, encrypted",
    disposition: "deleted",
    step: "delete-rows",
  },
  {
    store: "app.document_grams",
    label: "Search entries",
    holds: "Keyed digests of parts of names",
    disposition: "deleted",
    step: "delete-rows",
  },
  { store: "app.documents", label: "Documents", holds: "Names and types, encrypted", disposition: "deleted", step: "delete-rows" },
  { store: "app.folders", label: "Folders", holds: "Names, encrypted", disposition: "deleted", step: "delete-rows" },
  { store: "app.tenant_limits", label: "Limits and usage", holds: "Limits, what is in use", disposition: "deleted", step: "delete-rows" },
  { store: "app.tenant_placement", label: "Placement", holds: "Where its data is", disposition: "deleted", step: "delete-rows" },
  { store: "app.rate_buckets", label: "Request rates", holds: "Counts of requests", disposition: "deleted", step: "delete-rows" },
  {
    store: "app.audit",
    label: "Details in the application plane's audit log",
    holds: "What was done to what, encrypted where it names something",
    disposition: "deleted",
    step: "delete-rows",
  },
  {
    store: "app.audit_heads",
    label: "Chain of the application plane's audit log",
    holds: "Ids, times and hashes",
    disposition: "kept",
    step: "delete-rows",
    note: "The chain verifies without the details. A workspace with a database of its own keeps none: it goes with the database.",
  },
  {
    store: "items",
    label: "DynamoDB items",
    holds: "What a product keeps under the tenant's partition",
    disposition: "deleted",
    step: "delete-rows",
  },
  {
    store: "database",
    label: "Database of its own",
    holds: "Every row of the application plane",
    disposition: "deleted",
    step: "delete-rows",
  },
  { store: "stack", label: "Cloud stack", holds: "Bucket, queue and role of its own", disposition: "deleted", step: "delete-stack" },
] as const satisfies readonly StoreDefinition[];
