import pg from "pg";
import { prepareOften } from "./statement-names.ts";

/**
 * Longest a statement, an idle transaction, a wait for a lock and a connection attempt may last, in milliseconds.
 * `answerMs` is for a server or network that says nothing at all: the connection is given up.
 */
export const databaseTimeouts = {
  statementMs: 15_000,
  answerMs: 20_000,
  idleInTransactionMs: 10_000,
  lockMs: 5_000,
  connectMs: 5_000,
} as const;

export interface PoolOptions {
  /** Connections at most; 10 unless told. */
  max?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** Schema in which unqualified names are found, for libraries that write SQL of their own; none of ours needs it. */
  searchPath?: string;
  /**
   * Transactions prepare the statements that come often, and PostgreSQL plans each of them once a connection, whatever its values: for
   * statements that read one tenant's rows by an index, where planning costs more than reading. None unless told.
   */
  prepares?: boolean;
  /** For work behind the scenes: no statement takes more than one of the server's cores, or compiles itself. Not so unless told. */
  background?: boolean;
}

/**
 * A pool whose clients pipeline, so that `withTenant`, `withControl` and their single-statement forms need no round trip
 * of their own for entering. Every session has statement, lock and idle timeouts. Close it with `end()`.
 */
export function createPool(url: string, options: PoolOptions = {}): pg.Pool {
  const settings = [
    ...(options.searchPath === undefined ? [] : [`search_path=${options.searchPath}`]),
    ...(options.prepares ? ["plan_cache_mode=force_generic_plan"] : []),
    ...(options.background ? ["max_parallel_workers_per_gather=0", "jit=off"] : []),
  ];
  const config: pg.PoolConfig & { pipeline: boolean } = {
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.applicationName ?? "leasehold",
    connectionTimeoutMillis: databaseTimeouts.connectMs,
    idleTimeoutMillis: 30_000,
    statement_timeout: databaseTimeouts.statementMs,
    query_timeout: databaseTimeouts.answerMs,
    idle_in_transaction_session_timeout: databaseTimeouts.idleInTransactionMs,
    lock_timeout: databaseTimeouts.lockMs,
    keepAlive: true,
    pipeline: true,
    ...(settings.length === 0 ? {} : { options: settings.map((setting) => `-c ${setting}`).join(" ") }),
  };
  const pool = new pg.Pool(config);
  if (options.prepares) prepareOften(pool);
  // An idle client that loses its server is dropped by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  return pool;
}

/** The same server and login with another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.toString();
}

/** The same server and database with another login. */
export function withLogin(url: string, role: string, password: string): string {
  const changed = new URL(url);
  changed.username = encodeURIComponent(role);
  changed.password = encodeURIComponent(password);
  return changed.toString();
}

/** One connection for administrative work, without the pool's timeouts; closed when `work` has ended. */
export async function withConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "leasehold-admin",
    connectionTimeoutMillis: databaseTimeouts.connectMs,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
