import { bootstrapRoles } from "@leasehold/db/bootstrap";
import { ownerRole, processRoles, type RoleName } from "@leasehold/db/roles";

export interface DatabaseServer {
  adminUrl: string;
  passwords: Record<RoleName, string>;
}

let found: Promise<DatabaseServer> | undefined;

export function databaseServer(): Promise<DatabaseServer> {
  found ??= (async () => {
    const adminUrl = process.env.TEST_DATABASE_ADMIN_URL ?? "";
    const passwords = Object.fromEntries([ownerRole, ...processRoles].map((role) => [role, "pw"])) as Record<RoleName, string>;
    await bootstrapRoles(adminUrl, passwords);
    return { adminUrl, passwords };
  })();
  return found;
}
