import type { ProcessRole } from "@leasehold/db/roles";
import { connectRoles } from "@leasehold/db/roles";
import type pg from "pg";
import { inspectWith } from "../catalogue/inspect-catalogue.ts";
import { attempt, probeTableAs } from "../catalogue/probe-verbs.ts";
import { readRights } from "../catalogue/read-rights.ts";
import { rights } from "../catalogue/rights.ts";
import type { Seeded } from "../seed-tenant.ts";
import type { DatabaseMutation } from "./database-mutations.ts";
import { probeGuards } from "./guard-probes.ts";

export interface MutationResult {
  id: string;
  kind: string;
  /** What noticed it; undefined when nothing did. */
  killer: string | undefined;
}

type About = Pick<DatabaseMutation, "plane" | "table" | "kind">;
type Check = (client: pg.Client, about: About, ours: Seeded, theirs: Seeded) => Promise<string[]>;

/** Cheapest first; the last one is the catalogue's rules, which look at everything. */
const checks: Record<string, Check> = {
  "the list of rights": async (client, { table }) => {
    const [now, known] = [(await readRights(client))[table] ?? {}, rights[table] ?? {}];
    return JSON.stringify(now) === JSON.stringify(known) ? [] : [`the rights on ${table} are not as written down`];
  },
  "the verbs": async (client, { plane, table }, ours, theirs) => {
    const found: string[] = [];
    const roles: readonly ProcessRole[] = table === "" ? [] : connectRoles[plane];
    for (const role of roles) found.push(...(await probeTableAs(client, { plane, role, table }, ours, theirs)));
    return found;
  },
  "the guards": (client, { plane, table }, ours, theirs) => probeGuards(client, plane, table, ours, theirs),
  "the rules of the catalogue": async (client, { plane }) => Object.values(await inspectWith(client, plane)).flat(),
};

/** What the checks say of a database as it is: nothing, or no mutation of it proves anything. */
export async function checkUnchanged(client: pg.Client, about: readonly About[], ours: Seeded, theirs: Seeded): Promise<string[]> {
  const found: string[] = [];
  await client.query("begin");
  for (const each of about) for (const check of Object.values(checks)) found.push(...(await check(client, each, ours, theirs)));
  await client.query("rollback");
  return [...new Set(found)];
}

/** Changes the database inside of a transaction, asks the checks in turn until one notices, and takes the change back. */
export async function tryMutation(client: pg.Client, mutation: DatabaseMutation, ours: Seeded, theirs: Seeded): Promise<MutationResult> {
  const { id, kind } = mutation;
  await client.query("begin");
  try {
    await client.query(mutation.sql);
    for (const [name, check] of Object.entries(checks)) {
      await client.query("savepoint checking");
      const found = await check(client, mutation, ours, theirs).catch((error: Error) => [`it failed: ${error.message}`]);
      await client.query("rollback to savepoint checking");
      if (found[0] !== undefined) return { id, kind, killer: `${name}: ${found[0]}` };
    }
  } finally {
    await client.query("rollback");
  }
  return { id, kind, killer: mutation.plane === "application" ? await tryIsolation(client, mutation, ours) : undefined };
}

/** A tenant is entered under READ COMMITTED alone: asked in a transaction of its own that is not. */
async function tryIsolation(client: pg.Client, mutation: DatabaseMutation, ours: Seeded): Promise<string | undefined> {
  await client.query("begin isolation level repeatable read");
  await client.query(mutation.sql);
  await client.query("set local role app_tenant");
  const outcome = await attempt(client, "select count(*) from app.enter($1, 1)", [ours.tenantId]);
  await client.query("rollback");
  return outcome === "25001" ? undefined : `the guards: a tenant is entered under another isolation: ${outcome}`;
}
