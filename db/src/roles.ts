/** The three planes of data. A silo is one more database of the application plane. */
export const planes = ["control", "application", "keyring"] as const;
export type Plane = (typeof planes)[number];

export const ownerRole = "leasehold_owner";

/** Login roles of the processes. None of them owns anything; each has what its migrations grant. */
export const processRoles = ["identity", "console_identity", "portal", "operator", "worker", "app_tenant", "auditor"] as const;
export type ProcessRole = (typeof processRoles)[number];
export type RoleName = ProcessRole | typeof ownerRole;

/** Who may connect to a plane's databases at all. */
export const connectRoles: Record<Plane, readonly ProcessRole[]> = {
  control: ["identity", "console_identity", "portal", "operator", "worker", "auditor"],
  application: ["worker", "app_tenant", "auditor"],
  keyring: ["worker", "app_tenant", "auditor"],
};

export const defaultDatabases: Record<Plane, string> = {
  control: "leasehold_control",
  application: "leasehold_application",
  keyring: "leasehold_keyring",
};
