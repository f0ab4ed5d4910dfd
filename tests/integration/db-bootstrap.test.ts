import { bootstrapCluster } from "@leasehold/db/bootstrap";
import { withConnection, withDatabase, withLogin } from "@leasehold/db/client";
import { migrate } from "@leasehold/db/migrate";
import { ownerRole, planes, processRoles } from "@leasehold/db/roles";
import { expect, test } from "vitest";
import { inspectCatalogue } from "../support/catalogue/inspect-catalogue.ts";
import { startServers } from "../support/servers.ts";

test("a managed server's administrator, who is no superuser, makes the same roles and databases", async () => {
  await using servers = await startServers();
  const { adminUrl, names } = servers.stack.database;
  await withConnection(adminUrl, async (superuser) => {
    for (const plane of planes) await superuser.query(`DROP DATABASE ${names[plane]} WITH (FORCE)`);
    for (const role of [ownerRole, ...processRoles]) await superuser.query(`DROP ROLE ${role}`);
    await superuser.query("CREATE ROLE managed LOGIN CREATEDB CREATEROLE PASSWORD 'managed'");
    await superuser.query("GRANT pg_signal_backend TO managed WITH ADMIN OPTION");
  });
  const managedUrl = withLogin(adminUrl, "managed", "managed");
  const bootstrap = () => bootstrapCluster(managedUrl, servers.stack.secrets.databasePasswords, names);
  const { ownerUrl } = await bootstrap();
  for (const plane of planes) await migrate(withDatabase(ownerUrl, names[plane]), plane);
  await bootstrap();
  for (const plane of planes) {
    const found = await inspectCatalogue(withDatabase(ownerUrl, names[plane]), plane);
    expect(Object.values(found).flat()).toEqual([]);
  }

  await withConnection(adminUrl, (superuser) => superuser.query("ALTER ROLE portal BYPASSRLS"));
  await expect(bootstrap()).rejects.toThrow("role portal has a power that it must not have");
  await withConnection(adminUrl, (superuser) => superuser.query("ALTER ROLE portal NOBYPASSRLS"));
});
