import { withConnection, withDatabase } from "./client.ts";
import { readEnv } from "./env.ts";
import { migrate } from "./migrate.ts";
import { ownerRole, type Plane } from "./roles.ts";

/** Databases of tenants that have one of their own: same schema as the pool's, so same migrations. */
async function listSilos(ownerUrl: string): Promise<string[]> {
  const { rows } = await withConnection(ownerUrl, (client) =>
    client.query<{ datname: string }>(
      "select datname from pg_database where datname ~ '^silo_' and pg_get_userbyid(datdba) = $1 order by datname",
      [ownerRole],
    ),
  );
  return rows.map((row) => row.datname);
}

try {
  const env = readEnv();
  const shared: [Plane, string][] = [
    ["control", env.CONTROL_DATABASE],
    ["keyring", env.KEYRING_DATABASE],
    ["application", env.APPLICATION_DATABASE],
  ];
  const silos = await listSilos(withDatabase(env.OWNER_DATABASE_URL, env.APPLICATION_DATABASE));
  for (const [plane, database] of [...shared, ...silos.map((name): [Plane, string] => ["application", name])]) {
    const applied = await migrate(withDatabase(env.OWNER_DATABASE_URL, database), plane);
    console.log(`${database}: ${applied.length === 0 ? "up to date" : applied.join(", ")}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
