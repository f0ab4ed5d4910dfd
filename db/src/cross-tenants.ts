import { channel } from "node:diagnostics_channel";

/** Every path that may reach rows of more than one tenant, with why it may. docs/security.md names the policies behind them. */
export const crossTenantPaths = {
  "tenant-list": "Operators look after all tenants; their list starts from every one of them.",
  attention: "A parked operation or an approval is found by its state, before anybody knows whose it is.",
  "tenant-lookup": "An operator opens a tenant by its id; who may see it is decided by being an operator.",
  "slug-availability": "Addresses are public and unique over all tenants.",
  "command-dispatch": "The dispatcher finds and settles the commands of all tenants; what follows runs inside one.",
  "mail-delivery": "The mailer sends the mail of all tenants; its content is sealed.",
  "mail-without-tenant": "Mail about a sign-up or a password belongs to a person, before or beside any tenant; it is written, not read.",
  "mail-addressing":
    "The portal, which alone knows addresses, finds the mails of all tenants that wait for theirs: ids, times and numbers.",
  "operation-reconcile": "Open operations of all tenants are compared with Temporal.",
  "key-epochs":
    "An epoch belongs to a pool and to no tenant; a turn moves the wrapped keys of all tenants under it, and opens none of their data.",
  "key-watch": "The worker looks whether customers' own keys still open their tenants, and for whose wrapped keys an epoch is held.",
  "audit-seal": "Rows of all tenants that have no place in their chain are found; each tenant is sealed in a transaction of its own.",
  "audit-anchor": "Ends of all chains that are not anchored: an id, a number and a hash.",
  "account-erasure":
    "Whether an account goes with its last workspace is answered for all tenants by the portal, which alone sees a person's workspaces.",
  "session-ends": "Whose sessions operators want ended is found for all tenants by the portal, which alone has people's sessions.",
  "second-factor-resets":
    "Whose second factor two operators want taken away is found for all tenants by the portal, which alone has people's second factors.",
  "certificate-chain": "One chain of certificates and its keys for the whole deployment: numbers, hashes and public keys, no tenant's.",
  "payload-reads": "What operators read of runs that belong to no tenant, or to one that has ended, is in one list for the platform.",
  "operator-roles": "Which role an operator has belongs to no tenant.",
  "queue-figures": "How many commands and mails of all tenants wait, and for how long: two numbers each.",
} as const;

export type CrossTenantPath = keyof typeof crossTenantPaths;

const uses = channel("leasehold:cross-tenants");

/** Runs database work that names no tenant, by a path that the register allows. Each use is told to whoever logs them. */
export function crossTenants<T>(path: CrossTenantPath, work: () => Promise<T>): Promise<T> {
  uses.publish(path);
  return work();
}

/** Tells of every use in this process. @returns how to stop */
export function watchCrossTenants(used: (path: CrossTenantPath) => void): () => void {
  const told = (path: unknown) => used(path as CrossTenantPath);
  uses.subscribe(told);
  return () => void uses.unsubscribe(told);
}
