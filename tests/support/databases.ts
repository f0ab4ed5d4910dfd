import { randomBytes } from "node:crypto";
import { createDatabase, dropDatabase } from "@leasehold/db/bootstrap";
import { withConnection, withDatabase, withLogin } from "@leasehold/db/client";
import { ownerRole, type Plane, planes, type RoleName } from "@leasehold/db/roles";
import { type DatabaseServer, databaseServer } from "./database-server.ts";

/** The three databases of one test file, migrated and empty, on the run's real server. */
export interface TestDatabases extends AsyncDisposable {
  server: DatabaseServer;
  names: Record<Plane, string>;
  urlOf(plane: Plane, role: RoleName): string;
  /** As leasehold_owner, whom the owner's policies let see everything. */
  query<Row extends object>(plane: Plane, text: string, values?: unknown[]): Promise<Row[]>;
  /** A copy of one database under another name, gone with the rest. Nobody may be connected to the original. */
  clone(plane: Plane): Promise<{ name: string; url: string }>;
}

export async function createTestDatabases(): Promise<TestDatabases> {
  const server = await databaseServer();
  const { adminUrl, ownerUrl, passwords, templates } = server;
  const run = randomBytes(5).toString("hex");
  const created: string[] = [];
  const add = async (plane: Plane, template: string) => {
    const name = `test_${run}_${plane}_${created.length}`;
    created.push(name);
    await createDatabase(ownerUrl, name, plane, { template });
    return name;
  };
  const names = {} as Record<Plane, string>;
  for (const plane of planes) names[plane] = await add(plane, templates[plane]);
  const urlOf = (plane: Plane, role: RoleName) => withDatabase(withLogin(adminUrl, role, passwords[role]), names[plane]);
  return {
    server,
    names,
    urlOf,
    query: (plane, text, values) => withConnection(urlOf(plane, ownerRole), async (client) => (await client.query(text, values)).rows),
    async clone(plane) {
      const name = await add(plane, names[plane]);
      return { name, url: withDatabase(ownerUrl, name) };
    },
    async [Symbol.asyncDispose]() {
      for (const name of created) await dropDatabase(ownerUrl, name);
      await server[Symbol.asyncDispose]();
    },
  };
}
