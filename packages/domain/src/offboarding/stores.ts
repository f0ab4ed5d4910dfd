import type { StoreDisposition } from "./certificate.ts";
import type { OffboardingStep } from "./steps.ts";

interface StoreDefinition {
  /** Its name in evidence and certificates: a table by its own name. */
  store: string;
  label: string;
  /** What of a tenant is in it. */
  holds: string;
  disposition: StoreDisposition;
  /** The step that counts it, takes away what goes, and looks again; absent where nothing is to be done. */
  step?: OffboardingStep;
  /** Why it is kept, or what makes it end. */
  note?: string;
}

/** What is recorded of the closing itself. */
const record = "Record of what was done: ids, states, counts and times.";

/**
 * The registry of stores: everything that holds something of a tenant. Whatever shreds, counts, certifies or shows it goes through this
 * list. A table that names a tenant and is not in it fails a test.
 */
export const offboardingStores = [
  {
    store: "keyring.data_keys",
    label: "Wrapped data keys",
    holds: "The only wrapped copies of the keys that everything is encrypted under",
    disposition: "deleted",
    step: "destroy-keys",
  },
  {
    store: "key-leases",
    label: "Data keys in memory",
    holds: "Keys that processes have opened",
    disposition: "expires",
    step: "wait-leases",
    note: "A process forgets a key 30 seconds after it was opened. The deletion went on after that time had passed.",
  },
  {
    store: "sessions",
    label: "Credentials and links that were given out",
    holds: "AWS sessions of the application plane and presigned links",
    disposition: "expires",
    step: "wait-leases",
    note: "The key behind them was switched off at once. A link ends after 60 seconds, a session after 900; until then it reaches ciphertext at most.",
  },
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
  {
    store: "control.audit",
    label: "Details in the control plane's audit log",
    holds: "Reasons, ids, states",
    disposition: "deleted",
    step: "delete-rows",
  },
  {
    store: "control.audit_heads",
    label: "Chain of the control plane's audit log",
    holds: "Ids, times and hashes",
    disposition: "kept",
    step: "delete-rows",
    note: "The chain verifies without the details.",
  },
  {
    store: "control.audit_anchors",
    label: "Anchors of the audit chains",
    holds: "Tenant id, a number and a hash",
    disposition: "kept",
    step: "delete-rows",
    note: "With their copies in the object store they show that nothing was cut from the log. They hold no content.",
  },
  { store: "control.tenant_keys", label: "State of the keys", holds: "Key ids, states", disposition: "deleted", step: "delete-rows" },
  { store: "control.exports", label: "Exports", holds: "Counts, names of files, times", disposition: "deleted", step: "delete-rows" },
  { store: "control.export_parts", label: "Parts of exports", holds: "Names of objects", disposition: "deleted", step: "delete-rows" },
  {
    store: "control.export_people",
    label: "People for the next export",
    holds: "Names and addresses, sealed",
    disposition: "deleted",
    step: "delete-rows",
  },
  {
    store: "control.commands",
    label: "What commands said",
    holds: "Reasons and parameters of what was asked for",
    disposition: "deleted",
    step: "delete-rows",
    note: "Key, time and kind of a command stay, so that none is carried out twice.",
  },
  { store: "stack", label: "Cloud stack", holds: "Bucket, queue and role of its own", disposition: "deleted", step: "delete-stack" },
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
  { store: "control.invitations", label: "Invitations", holds: "E-mail addresses", disposition: "deleted", step: "delete-identities" },
  {
    store: "control.sign_ups",
    label: "Sign-up",
    holds: "The name that was signed up with",
    disposition: "deleted",
    step: "delete-identities",
  },
  {
    store: "identities",
    label: "Accounts of people who belong nowhere else",
    holds: "Names, e-mail addresses, sessions, second factors",
    disposition: "deleted",
    step: "delete-identities",
  },
  {
    store: "control.members",
    label: "Memberships",
    holds: "Who belonged to it, in which role",
    disposition: "deleted",
    step: "delete-identities",
  },
  {
    store: "control.mail_outbox",
    label: "Queued and sent mails",
    holds: "Mails, sealed until sent",
    disposition: "deleted",
    step: "delete-identities",
  },
  { store: "control.mail_requests", label: "Requested mails", holds: "Ids and times", disposition: "deleted", step: "delete-identities" },
  {
    store: "control.tenants",
    label: "The workspace's entry in the catalog",
    holds: "Id, plan, region, times; name and address until it is closed",
    disposition: "kept",
    step: "verify",
    note: "A tombstone: when the workspace is closed, the pseudonym takes the place of name and address.",
  },
  {
    store: "control.slugs",
    label: "The workspace's address",
    holds: "The address",
    disposition: "kept",
    step: "verify",
    note: "Kept from others until the workspace is closed, then free.",
  },
  {
    store: "control.resources",
    label: "Resources",
    holds: "Names and ARNs of what was made",
    disposition: "kept",
    step: "verify",
    note: record,
  },
  { store: "control.operations", label: "Operations", holds: "Ids, states, times", disposition: "kept", step: "verify", note: record },
  {
    store: "control.operation_steps",
    label: "Steps of operations",
    holds: "States, times, errors",
    disposition: "kept",
    step: "verify",
    note: record,
  },
  {
    store: "control.operation_events",
    label: "Events of operations",
    holds: "States, times",
    disposition: "kept",
    step: "verify",
    note: record,
  },
  {
    store: "control.account_erasures",
    label: "Requests to delete accounts",
    holds: "Outcomes and times, nobody's id",
    disposition: "kept",
    step: "verify",
    note: record,
  },
  {
    store: "control.person_erasures",
    label: "Erasures of people before the closing",
    holds: "Pseudonyms and times",
    disposition: "kept",
    step: "verify",
    note: record,
  },
  {
    store: "control.outbox",
    label: "Events for other systems",
    holds: "Ids, types, times",
    disposition: "kept",
    step: "verify",
    note: record,
  },
  {
    store: "control.offboardings",
    label: "The closing",
    holds: "Who asked and agreed, why, the hold",
    disposition: "kept",
    step: "verify",
    note: "The authority for the deletion.",
  },
  {
    store: "control.hold_changes",
    label: "Decisions about the hold",
    holds: "Who decided what, when",
    disposition: "kept",
    step: "verify",
    note: "The authority for the deletion.",
  },
  {
    store: "control.suspensions",
    label: "Suspensions",
    holds: "Who suspended it, why, times",
    disposition: "kept",
    step: "verify",
    note: record,
  },
  {
    store: "control.legal_holds",
    label: "Legal holds",
    holds: "Case numbers, reasons, who and when",
    disposition: "kept",
    step: "verify",
    note: "Proof that none was open.",
  },
  {
    store: "control.offboarding_evidence",
    label: "Evidence",
    holds: "What this certificate is made of",
    disposition: "kept",
    step: "verify",
    note: record,
  },
  {
    store: "control.shredding_canaries",
    label: "Ciphertexts that were tried again",
    holds: "Random values under the destroyed keys",
    disposition: "kept",
    step: "verify",
    note: "They open to nothing, and held nothing.",
  },
  {
    store: "control.certificates",
    label: "Certificates",
    holds: "This document, under the pseudonym",
    disposition: "kept",
    step: "verify",
    note: "So that it can be checked.",
  },
  {
    store: "control.usage_totals",
    label: "Totals for invoices",
    holds: "Counts and bytes by month, under the pseudonym",
    disposition: "kept",
    step: "verify",
    note: "Kept for as long as the law asks for invoices.",
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

export type StoreName = (typeof offboardingStores)[number]["store"];
export type StoreEntry = StoreDefinition & { store: StoreName };

/** The stores that a step counts and empties. */
export function storesOf(step: OffboardingStep): readonly StoreEntry[] {
  return offboardingStores.filter((entry) => entry.step === step);
}

/** The entry of a store. */
export function storeOf(name: StoreName): StoreEntry {
  return offboardingStores.find(({ store }) => store === name) as StoreEntry;
}
