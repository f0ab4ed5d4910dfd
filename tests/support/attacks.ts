import pg from "pg";

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
