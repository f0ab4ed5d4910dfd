import type { Pool, PoolClient } from "pg";

/** One transaction in the identity schema. The pool's clients are the role `identity`, which reaches nothing else. */
export async function withinIdentity<T>(identity: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await identity.connect();
  let broken = false;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
