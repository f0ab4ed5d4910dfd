import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { withConnection, withDatabase, withLogin } from "./client.ts";
import { connectRoles, defaultDatabases, ownerRole, type Plane, planes, processRoles, type RoleName } from "./roles.ts";
import { scramVerifier } from "./scram.ts";

const quote = pg.escapeIdentifier;
const tooPowerful = "has a power that it must not have (superuser, BYPASSRLS, INHERIT, REPLICATION, CREATEROLE or CREATEDB)";

/**
 * Makes the login roles, or sets their passwords when they are there. `adminUrl` is a login that may create roles and
 * databases: a superuser locally, the master user of Aurora, which is none.
 * Throws when a role that exists has powers that it must not have and the admin cannot take them away.
 */
export async function bootstrapRoles(adminUrl: string, passwords: Record<RoleName, string>): Promise<void> {
  await withConnection(adminUrl, async (admin) => {
    await admin.query("select pg_advisory_lock(hashtextextended('leasehold:bootstrap', 0))");
    for (const role of [ownerRole, ...processRoles] as const) {
      const verifier = pg.escapeLiteral(scramVerifier(passwords[role]));
      const { rows } = await admin.query(
        `select rolsuper or rolbypassrls or rolinherit or rolreplication or rolcreaterole or not rolcanlogin
           or rolcreatedb <> (rolname = $2) as powerful from pg_roles where rolname = $1`,
        [role, ownerRole],
      );
      const createdb = role === ownerRole ? "CREATEDB" : "NOCREATEDB";
      const bare = `LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT NOREPLICATION NOCREATEROLE ${createdb}`;
      if (rows[0] === undefined) await admin.query(`CREATE ROLE ${quote(role)} ${bare} PASSWORD ${verifier}`);
      else if (!rows[0].powerful) await admin.query(`ALTER ROLE ${quote(role)} PASSWORD ${verifier}`);
      else
        await admin.query(`ALTER ROLE ${quote(role)} ${bare} PASSWORD ${verifier}`).catch((cause: unknown) => {
          throw new Error(`role ${role} ${tooPowerful}, and this login may not take it away: ask a superuser`, { cause });
        });
    }
    // To drop a tenant's database with the sessions in it, which belong to other roles.
    await admin.query(`GRANT pg_signal_backend TO ${quote(ownerRole)} WITH INHERIT TRUE, SET FALSE`);
  });
}

/**
 * Creates one database of a plane when it is missing, as its owner, and lets in exactly the roles that need it.
 * Also mends the grants of one that is there: a clone of a template starts without any.
 * @returns `created` or `found`
 */
export async function createDatabase(
  ownerUrl: string,
  database: string,
  plane: Plane,
  options: { template?: string } = {},
): Promise<"created" | "found"> {
  const outcome = await withConnection(ownerUrl, async (owner) => {
    const { rowCount } = await owner.query("select from pg_database where datname = $1", [database]);
    if (rowCount === 1) return "found" as const;
    // A copy of the files: what is written block by block into the log takes several times as long.
    const template = options.template === undefined ? "" : ` TEMPLATE ${quote(options.template)} STRATEGY FILE_COPY`;
    try {
      await owner.query(`CREATE DATABASE ${quote(database)}${template}`);
    } catch (error) {
      if (isDuplicate(error)) return "found" as const;
      throw error;
    }
    return "created" as const;
  });
  await withConnection(withDatabase(ownerUrl, database), async (owner) => {
    await owner.query(`REVOKE ALL ON DATABASE ${quote(database)} FROM PUBLIC`);
    await owner.query("REVOKE ALL ON SCHEMA public FROM PUBLIC");
    await owner.query(`GRANT CONNECT ON DATABASE ${quote(database)} TO ${connectRoles[plane].map(quote).join(", ")}`);
  });
  return outcome;
}

/**
 * Drops a database and ends the connections to it; nothing happens when it is not there. Waits up to five seconds for
 * the sessions of superusers, which only they can end.
 */
export async function dropDatabase(ownerUrl: string, database: string): Promise<void> {
  await withConnection(ownerUrl, async (owner) => {
    for (let attempt = 1; ; attempt++) {
      try {
        await owner.query(`DROP DATABASE IF EXISTS ${quote(database)} WITH (FORCE)`);
        return;
      } catch (error) {
        const inUse = error instanceof pg.DatabaseError && (error.code === "42501" || error.code === "55006");
        if (!inUse || attempt === 25) throw error;
        await sleep(200);
      }
    }
  });
}

/**
 * Roles and the three databases, idempotently.
 * @returns the owner's URL on the same server, for `migrate`
 */
export async function bootstrapCluster(
  adminUrl: string,
  passwords: Record<RoleName, string>,
  databases: Record<Plane, string> = defaultDatabases,
): Promise<{ ownerUrl: string }> {
  await bootstrapRoles(adminUrl, passwords);
  const ownerUrl = withLogin(adminUrl, ownerRole, passwords[ownerRole]);
  for (const plane of planes) await createDatabase(ownerUrl, databases[plane], plane);
  return { ownerUrl };
}

/** Two at once: the loser meets the unique index of the catalogue, or the finished database. */
function isDuplicate(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === "42P04" || error.code === "23505");
}
