import { withConnection, withDatabase } from "@leasehold/db/client";
import { type Plane, planes } from "@leasehold/db/roles";
import { newId } from "@leasehold/domain/ids";
import pg from "pg";
import type { TestDatabases } from "../databases.ts";
import { seedTenant } from "../seed-tenant.ts";
import { type DatabaseMutation, listDatabaseMutations } from "./database-mutations.ts";
import { fencedTenant } from "./tenant-guards.ts";
import { checkUnchanged, type MutationResult, tryMutation } from "./try-mutation.ts";

/** Seeds two tenants and runs `choose`'s mutations of each database. Throws when the checks notice something without any. */
export async function runDatabaseMutations(
  databases: TestDatabases,
  choose: (mutations: DatabaseMutation[]) => readonly DatabaseMutation[] = (all) => all,
): Promise<MutationResult[]> {
  const [ours, theirs] = [await seedTenant(databases, newId("tenant")), await seedTenant(databases, newId("tenant"))];
  const adminUrl = (plane: Plane) => withDatabase(databases.server.adminUrl, databases.names[plane]);
  const all: DatabaseMutation[] = [];
  for (const plane of planes) all.push(...(await withConnection(adminUrl(plane), (client) => listDatabaseMutations(client, plane))));
  const chosen = choose(all);
  const results: MutationResult[] = [];
  const fence = await holdFence(adminUrl("application"));
  for (const plane of planes) {
    const own = chosen.filter((mutation) => mutation.plane === plane);
    await withConnection(adminUrl(plane), async (client) => {
      const about = [...new Map(own.map((mutation) => [mutation.table, mutation])).values()];
      const already = await checkUnchanged(client, about, ours, theirs);
      if (already.length > 0) throw new Error(`the ${plane} database is not as it should be, without any mutation:\n${already.join("\n")}`);
      for (const mutation of own) results.push(await tryMutation(client, mutation, ours, theirs));
    });
  }
  await fence.end();
  return results;
}

/** A session that holds one tenant's fence, so that entering it is tried against another's lock. */
async function holdFence(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("select pg_advisory_lock(app.fence_key($1))", [fencedTenant]);
  return client;
}
