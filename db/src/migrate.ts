import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
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

/** The product's own migrations of an application database are a series of their own beside this project's: either may grow. */
const productSeries = "product/";
const migrationsFolder = new URL("../migrations/", import.meta.url);

/**
 * The migrations of a plane in their order; an application database's end with the product's, named `product/…`. Throws when a
 * file's name or number is not as it should be.
 */
export async function readMigrations(plane: Plane, root = migrationsFolder): Promise<Migration[]> {
  const own = await readSeries(new URL(`${plane}/`, root), plane, "");
  const product = plane === "application" ? await readSeries(new URL(productSeries, root), plane, productSeries) : [];
  return [...own, ...product];
}

async function readSeries(folder: URL, plane: Plane, prefix: string): Promise<Migration[]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name, index) => {
      if (!migrationName.test(name)) throw new Error(`migration ${plane}/${prefix}${name}: the name must be like 0001_what_it_adds.sql`);
      if (names[index - 1]?.slice(0, 4) === name.slice(0, 4))
        throw new Error(`migration ${plane}/${prefix}${name}: its number is taken twice`);
      const sql = await readFile(new URL(name, folder), "utf8");
      return { name: `${prefix}${name}`, sql, sha256: createHash("sha256").update(sql).digest("hex") };
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
    const missing: Migration[] = [];
    for (const isProduct of [false, true]) {
      const inSeries = ({ name }: { name: string }) => name.startsWith(productSeries) === isProduct;
      const [series, done] = [files.filter(inSeries), applied.rows.filter(inSeries)];
      refuseRewrittenHistory(plane, series, done);
      missing.push(...series.slice(done.length));
    }
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
