import type { Plane, ProcessRole } from "@leasehold/db/roles";
import type pg from "pg";
import { attempt } from "../catalogue/probe-verbs.ts";
import type { Seeded } from "../seed-tenant.ts";
import { controlGuards } from "./control-guards.ts";
import { tenantGuards } from "./tenant-guards.ts";

/** One thing that a role does in a situation, and what comes of it: rows, or an SQLSTATE. */
export interface GuardProbe {
  /** Tables, besides those of functions and triggers, whose mutations it is for. */
  tables: readonly string[];
  what: string;
  role: ProcessRole;
  /** Makes the situation, as a superuser past every trigger. */
  given?: string;
  /** Who asks; the tenant alone unless told. */
  enter?: { tenant?: string; user?: string; capability?: string } | "nobody";
  does: string;
  /** What counts in place of the outcome: a count that is read when it is done. */
  after?: string;
  expect: number | string;
}

export type MakeGuards = (ours: Seeded, theirs: Seeded) => GuardProbe[];
const guards: Record<Plane, MakeGuards> = { control: controlGuards, application: tenantGuards.application, keyring: tenantGuards.keyring };
const entries: Record<Plane, string> = { control: "control.enter", application: "app.administer", keyring: "keyring.enter" };

/** Runs the probes of a table, or all of them for a function, inside of a superuser's transaction. */
export async function probeGuards(client: pg.Client, plane: Plane, table: string, ours: Seeded, theirs: Seeded): Promise<string[]> {
  const found: string[] = [];
  for (const guard of guards[plane](ours, theirs)) {
    if (table !== "" && !guard.tables.includes(table)) continue;
    await client.query("savepoint guard");
    const outcome = await runGuard(client, plane, guard, ours);
    await client.query("rollback to savepoint guard");
    if (outcome !== guard.expect) found.push(`${guard.what}: ${outcome} in place of ${guard.expect}`);
  }
  return found;
}

async function runGuard(
  client: pg.Client,
  plane: Plane,
  { given, role, enter, does, after }: GuardProbe,
  ours: Seeded,
): Promise<number | string> {
  if (given !== undefined) {
    await client.query("set local session_replication_role = replica");
    await client.query(given);
    await client.query("set local session_replication_role = origin");
  }
  await client.query(`set local role ${role}`);
  if (enter !== "nobody") {
    const { tenant = ours.tenantId, user = "", capability = "" } = enter ?? {};
    if (plane === "control") await client.query(`select ${entries[plane]}($1, $2, $3)`, [tenant, user, capability]);
    else await client.query("select set_config('app.tenant', $1, true)", [tenant]);
  }
  if (after === undefined) return attempt(client, does, []);
  try {
    await client.query(does);
  } catch (error) {
    return String(error);
  }
  return attempt(client, after, []);
}
