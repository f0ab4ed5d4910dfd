import { createHash } from "node:crypto";
import { bootstrapCluster } from "@leasehold/db/bootstrap";
import { withConnection, withDatabase } from "@leasehold/db/client";
import { migrate, readMigrations } from "@leasehold/db/migrate";
import { defaultDatabases, ownerRole, type Plane, planes } from "@leasehold/db/roles";
import type { Secrets } from "./secrets.ts";

export interface ProvisionedDatabases {
  adminUrl: string;
  ownerUrl: string;
  names: Record<Plane, string>;
}

/** Roles, databases and schemas, also of the tenants that have a database of their own. Idempotent. */
export async function provisionDatabases(adminUrl: string, secrets: Secrets): Promise<ProvisionedDatabases> {
  const { ownerUrl } = await bootstrapCluster(adminUrl, secrets.databasePasswords);
  for (const plane of planes) await migrate(withDatabase(ownerUrl, defaultDatabases[plane]), plane);
  for (const silo of await listSilos(adminUrl)) await migrate(withDatabase(ownerUrl, silo), "application");
  return { adminUrl, ownerUrl, names: { ...defaultDatabases } };
}

function listSilos(adminUrl: string): Promise<string[]> {
  const query = String.raw`select datname from pg_database where datname like 'silo\_tnt\_%' and pg_get_userbyid(datdba) = $1 order by 1`;
  return withConnection(adminUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(query, [ownerRole]);
    return rows.map((row) => row.datname);
  });
}

/** Tells whether databases that were migrated before are up to date still. */
export async function fingerprintMigrations(): Promise<string> {
  const files = (await Promise.all(planes.map((plane) => readMigrations(plane)))).flat();
  return createHash("sha256")
    .update(files.map((file) => file.sha256).join())
    .digest("hex");
}
