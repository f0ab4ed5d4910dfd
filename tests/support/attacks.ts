import { withConnection } from "@leasehold/db/client";
import type { Plane, ProcessRole } from "@leasehold/db/roles";
import pg from "pg";
import { entries } from "./catalogue/probe-verbs.ts";

/** What a statement comes to: rows, or its SQLSTATE. Nothing of it stays within the client's transaction. */
export async function outcomeOf(client: pg.Client, text: string, values: unknown[] = []): Promise<number | string> {
  await client.query("savepoint attack");
  try {
    const { rowCount, rows } = await client.query(text, values);
    return rows.length === 1 && "count" in rows[0] ? Number(rows[0].count) : (rowCount ?? 0);
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error.code ?? "unknown";
    throw error;
  } finally {
    await client.query("rollback to savepoint attack");
  }
}

/** One refused statement as its sender reads it, without the values that the sender wrote. */
export async function refusalOf(client: pg.Client, text: string, values: string[]): Promise<string> {
  await client.query("savepoint attack");
  try {
    await client.query(text, values);
    return "done";
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const said = [error.code, error.message, error.detail, error.hint, error.constraint, error.table].join(" | ");
    return values.reduce((told, value) => told.replaceAll(value, "…"), said);
  } finally {
    await client.query("rollback to savepoint attack");
  }
}

/** A transaction under one role that has entered the tenant, where the role can; rolled back with its connection. */
export function inside<T>(
  url: string,
  { plane, role, tenantId }: { plane: Plane; role: ProcessRole; tenantId: string },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  return withConnection(url, async (client) => {
    await client.query("begin");
    const entry = entries[plane][role];
    if (entry !== undefined) await client.query(entry, [tenantId]);
    return work(client);
  });
}
