import type { StoreDefinition } from "./definition.ts";

/** What opens a tenant's data. */
export const keyStores = [
  {
    store: "keyring.data_keys",
    label: "Wrapped data keys",
    holds: "The only wrapped copies of the keys that everything is encrypted under",
    disposition: "deleted",
    step: "destroy-keys",
  },
  {
    store: "keyring.lost_keys",
    label: "Which wrapped keys were lost before",
    holds: "Purposes, versions and times of keys that did not open and were given up",
    disposition: "deleted",
    step: "destroy-keys",
    note: "They are named under Keys.",
  },
  {
    store: "keyring.former_keys",
    label: "What the keys were under before",
    holds: "Ids of KMS keys that were left at a change of keys, and when",
    disposition: "deleted",
    step: "destroy-keys",
    note: "Those that copies of the keyring from before still need are named under Keys.",
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
    note: "A link ends after 60 seconds, a session after 900; until then it reaches ciphertext.",
  },
] as const satisfies readonly StoreDefinition[];
