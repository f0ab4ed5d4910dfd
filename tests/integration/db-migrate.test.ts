import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bootstrapCluster, createDatabase, dropDatabase } from "@leasehold/db/bootstrap";
import { withConnection, withDatabase, withLogin } from "@leasehold/db/client";
import { type Migration, migrate, readMigrations } from "@leasehold/db/migrate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";

let databases: TestDatabases;
let ownerUrl: string;
const created: string[] = [];
beforeAll(async () => {
  databases = await createTestDatabases();
  ownerUrl = databases.server.ownerUrl;
});
afterAll(async () => {
  for (const name of created) await dropDatabase(ownerUrl, name);
  await databases[Symbol.asyncDispose]();
});

async function emptyDatabase(): Promise<string> {
  const name = `test_${randomBytes(5).toString("hex")}_migrate`;
  await createDatabase(ownerUrl, name, "keyring");
  created.push(name);
  return withDatabase(ownerUrl, name);
}
const file = (name: string, sql: string): Migration => ({ name, sql, sha256: `hash of ${sql}` });

describe("migrate", () => {
  test("applies what is missing, once, also when five processes start together", async () => {
    const url = await emptyDatabase();
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(url, "keyring")));
    expect(applied.flat()).toEqual((await readMigrations("keyring")).map(({ name }) => name));
    expect(await migrate(url, "keyring")).toEqual([]);
  });

  test("refuses a file that was changed, is gone, or comes before an applied one", async () => {
    const url = await emptyDatabase();
    const [first, third] = [file("0001_a.sql", "CREATE SCHEMA a"), file("0003_c.sql", "CREATE SCHEMA c")];
    await migrate(url, "keyring", [first, third]);
    await expect(migrate(url, "keyring", [file("0001_a.sql", "CREATE SCHEMA other"), third])).rejects.toThrow(
      "0001_a.sql was changed after it was applied",
    );
    await expect(migrate(url, "keyring", [first])).rejects.toThrow("0003_c.sql was applied here, but its file is gone");
    await expect(migrate(url, "keyring", [first, file("0002_b.sql", "CREATE SCHEMA b"), third])).rejects.toThrow("give it the next number");
  });

  test("the product's own files are a series of their own: either may grow", async () => {
    const url = await emptyDatabase();
    const [own, later] = [file("0001_a.sql", "CREATE SCHEMA a"), file("0002_b.sql", "CREATE SCHEMA b")];
    const product = file("product/0001_p.sql", "CREATE SCHEMA p");
    expect(await migrate(url, "application", [own, product])).toEqual(["0001_a.sql", "product/0001_p.sql"]);
    expect(await migrate(url, "application", [own, later, product])).toEqual(["0002_b.sql"]);
    await expect(migrate(url, "application", [own, later])).rejects.toThrow("product/0001_p.sql was applied here, but its file is gone");
  });

  test("leaves nothing of a file that fails, and keeps the ones before it", async () => {
    const url = await emptyDatabase();
    const files = [file("0001_a.sql", "CREATE SCHEMA a"), file("0002_b.sql", "CREATE SCHEMA b; SELECT 1/0")];
    await expect(migrate(url, "keyring", files)).rejects.toThrow("migration keyring/0002_b.sql failed: division by zero");
    const { rows } = await withConnection(url, (client) => client.query("select nspname from pg_namespace where nspname in ('a', 'b')"));
    expect(rows).toEqual([{ nspname: "a" }]);
  });

  test("runs as the owner only", async () => {
    const { adminUrl } = databases.server;
    await expect(migrate(adminUrl, "keyring")).rejects.toThrow("migrations run as leasehold_owner");
  });

  test("changes of rows are counted: a wrong count, and a table that the owner cannot see, are errors", async () => {
    const clone = await databases.clone("application");
    const change = (expected: number) =>
      withConnection(clone.url, (owner) =>
        owner.query("select app.change_rows('app.tenant_home', $$update app.tenant_home set mode = 'ro'$$, $1)", [expected]),
      );
    await withConnection(clone.url, (owner) =>
      owner.query("insert into app.tenant_home values ('tnt_00000000000000000000CANARY', 1, 'rw')"),
    );
    await expect(change(2)).rejects.toThrow("1 rows of app.tenant_home were changed, 2 were expected");
    await change(1);
    await withConnection(clone.url, (owner) => owner.query("drop policy owner_migrates on app.tenant_home"));
    await expect(change(0)).rejects.toThrow("the owner has no policy");
  });

  test("as a command says what it did, or which setting is missing", async () => {
    const command = fileURLToPath(new URL("../../db/src/migrate-cli.ts", import.meta.url));
    const env: NodeJS.ProcessEnv = {
      NODE_ENV: "test",
      OWNER_DATABASE_URL: ownerUrl,
      CONTROL_DATABASE: databases.names.control,
      APPLICATION_DATABASE: databases.names.application,
      KEYRING_DATABASE: databases.names.keyring,
    };
    const run = promisify(execFile);
    expect((await run(process.execPath, [command], { env })).stdout).toContain(`${databases.names.control}: up to date`);
    const failed = run(process.execPath, [command], { env: { ...env, OWNER_DATABASE_URL: undefined } });
    await expect(failed).rejects.toMatchObject({ stderr: expect.stringContaining("OWNER_DATABASE_URL: set it to a postgres:// URL") });
  });
});

describe("bootstrap", () => {
  test("runs again without a change, and each role gets into its databases only", async () => {
    const { adminUrl, passwords } = databases.server;
    await bootstrapCluster(adminUrl, passwords, databases.names);
    await withConnection(databases.urlOf("control", "portal"), (client) => client.query("select"));
    await expect(withConnection(databases.urlOf("keyring", "portal"), (client) => client.query("select"))).rejects.toMatchObject({
      code: "42501",
    });
  });

  test("a database with sessions of other roles in it can be dropped by the owner", async () => {
    const url = await emptyDatabase();
    const name = created.at(-1) ?? "";
    const { adminUrl, passwords } = databases.server;
    await withConnection(withDatabase(withLogin(adminUrl, "app_tenant", passwords.app_tenant), name), async (inside) => {
      await dropDatabase(ownerUrl, name);
      await expect(inside.query("select")).rejects.toThrow();
    });
    await expect(withConnection(url, (client) => client.query("select"))).rejects.toMatchObject({ code: "3D000" });
  });
});
