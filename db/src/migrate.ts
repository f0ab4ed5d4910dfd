import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type pg from "pg";
import { withConnection } from "./client.ts";
import { ownerRole, type Plane } from "./roles.ts";

export interface Migration {
  name: string;
  sql: string;
  sha256: string;
}

const migrationName = /^\d{4}_[a-z0-9_]+\.sql$/;

/** The migrations of a plane in their order. Throws when a file's name or number is not as it should be. */
export async function readMigrations(plane: Plane, folder = new URL(`../migrations/${plane}/`, import.meta.url)): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name, index) => {
      if (!migrationName.test(name)) throw new Error(`migration ${plane}/${name}: the name must be like 0001_what_it_adds.sql`);
      if (names[index - 1]?.slice(0, 4) === name.slice(0, 4)) throw new Error(`migration ${plane}/${name}: its number is taken twice`);
      const sql = await readFile(new URL(name, folder), "utf8");
      return { name, sql, sha256: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/**
 * Brings one database up to date: each missing file in a transaction of its own, as leasehold_owner, one process at a
 * time. Applied files are compared by SHA-256; one that was changed, or that is gone, is refused before anything runs.
 * @returns the names of the files that were applied now
 */
export async function migrate(url: string, plane: Plane, migrations?: Migration[]): Promise<string[]> {
  const files = migrations ?? (await readMigrations(plane));
  return withConnection(url, async (client) => {
    await refuseOtherRoles(client);
    await client.query("select pg_advisory_lock(hashtextextended('leasehold:migrate', 0))");
    await client.query(`CREATE SCHEMA IF NOT EXISTS migrations;
      CREATE TABLE IF NOT EXISTS migrations.applied (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const applied = await client.query<{ name: string; sha256: string }>("select name, sha256 from migrations.applied order by name");
    refuseRewrittenHistory(plane, files, applied.rows);
    const missing = files.slice(applied.rows.length);
    for (const file of missing) await applyMigration(client, plane, file);
    return missing.map((file) => file.name);
  });
}

async function refuseOtherRoles(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ role: string }>("select session_user as role");
  if (rows[0]?.role !== ownerRole) throw new Error(`migrations run as ${ownerRole}, not as ${rows[0]?.role}: set that login in the URL`);
}

function refuseRewrittenHistory(plane: Plane, files: Migration[], applied: { name: string; sha256: string }[]): void {
  applied.forEach((row, index) => {
    const file = files.find((candidate) => candidate.name === row.name);
    if (file === undefined) throw new Error(`migration ${plane}/${row.name} was applied here, but its file is gone: restore it`);
    if (file.sha256 !== row.sha256)
      throw new Error(`migration ${plane}/${row.name} was changed after it was applied: restore it and add a new file instead`);
    if (files[index]?.name !== row.name)
      throw new Error(`migration ${plane}/${files[index]?.name} comes before ${row.name}, which is applied: give it the next number`);
  });
}

async function applyMigration(client: pg.Client, plane: Plane, file: Migration): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(file.sql);
    await client.query("INSERT INTO migrations.applied (name, sha256) VALUES ($1, $2)", [file.name, file.sha256]);
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK").catch(() => {});
    throw new Error(`migration ${plane}/${file.name} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
