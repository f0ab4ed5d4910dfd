import { setTimeout as sleep } from "node:timers/promises";
import { NodePgSession, NodePgTransaction } from "drizzle-orm/node-postgres";
import { PgDialect } from "drizzle-orm/pg-core";
import type pg from "pg";
import { EnteredQuery } from "./entered-query.ts";
import { isRetryable, isStalePlan, sqlStateOf, toDomainError } from "./errors.ts";
import { type StatementNames, statementNamesOf } from "./statement-names.ts";
import { inTransactionSpan } from "./trace.ts";

/** A drizzle transaction that has entered already; also for raw SQL by `tx.execute(sql…)`. */
export type Transaction = NodePgTransaction<Record<string, never>, Record<string, never>>;

/** The statement that names who asks: run right after BEGIN, in the same packet. Named, so that it is parsed once a connection. */
export interface Entry {
  name: string;
  text: string;
  values: unknown[];
}

/** What pg's clients have and its types leave out. */
type Pipelined = pg.PoolClient & { connection: { stream: { cork(): void; uncork(): void; destroyed: boolean } } };

const dialect = new PgDialect();
const failedTransaction = "25P02";
/** About a second in all, with jitter: longer than a fence is held, shorter than a person notices. */
const retryDelaysMs = [10, 20, 40, 80, 160, 320, 400];

/**
 * BEGIN, the entry, `work` and COMMIT in two round trips, when `work` sends one batch. `work` holds database work only:
 * it is run again, whole, when the entry finds the fence taken or a concurrent change wins, about seven times within a second.
 * Throws what `toDomainError` makes of the error.
 */
export function runTransaction<T>(pool: pg.Pool, entry: Entry, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return retrying(entry.name, () =>
    onClient(pool, async (client) => {
      const socket = cork(client);
      const entered = enter(client, entry);
      let result: T;
      try {
        const tx = transactionOver(client, statementNamesOf(pool), (query) => {
          socket.hold();
          const sent = query();
          socket.openSoon();
          return sent;
        });
        result = await work(tx);
        socket.open();
        await entered.result;
      } catch (error) {
        socket.open();
        await client.query("rollback").catch(() => {});
        throw await entered.blame(error);
      }
      refuseRollback(await client.query("commit"));
      return result;
    }),
  );
}

/**
 * The entry and one statement, as one transaction in one round trip. `work` gives exactly one query, built on the argument.
 * Throws as `runTransaction` does.
 */
export function runStatement<T>(pool: pg.Pool, entry: Entry, work: (tx: Transaction) => PromiseLike<T>): Promise<T> {
  return retrying(entry.name, () => onClient(pool, async (client) => runEntered(client, statementNamesOf(pool), entry, work)));
}

/** One packet of one implicit transaction. */
function runEntered<T>(
  client: Pipelined,
  names: StatementNames | undefined,
  entry: Entry,
  work: (tx: Transaction) => PromiseLike<T>,
): PromiseLike<T> {
  let sent = false;
  const query = (config: pg.QueryConfig, values?: unknown[]) =>
    new Promise<pg.QueryResult>((resolve, reject) => {
      if (sent) throw new Error("one statement only: use the callback form for more");
      sent = true;
      client.query(new EnteredQuery(entry, config, values, (error, result) => (error ? reject(error) : resolve(result))) as never);
    });
  return work(drizzleOver({ query }, names));
}

/**
 * BEGIN, the entry, all statements and COMMIT in one round trip. `work` gives queries of which none needs another's answer:
 * what must hold is checked by the statements themselves. Throws as `runTransaction` does.
 */
export function runBatch(pool: pg.Pool, entry: Entry, work: (tx: Transaction) => readonly PromiseLike<unknown>[]): Promise<void> {
  return retrying(entry.name, () =>
    onClient(pool, async (client) => {
      const socket = cork(client);
      const entered = enter(client, entry);
      let unsent = Number.POSITIVE_INFINITY;
      let commit: Promise<pg.QueryResult> | undefined;
      const end = (verb: "commit" | "rollback") => {
        commit = client.query(verb);
        commit.catch(() => {});
        return commit;
      };
      const tx = transactionOver(client, statementNamesOf(pool), (query) => {
        if (commit !== undefined) throw new Error("each statement of a batch is one query");
        const result = query();
        unsent -= 1;
        if (unsent === 0) void end("commit");
        socket.openSoon();
        return result;
      });
      let outcomes: PromiseSettledResult<unknown>[];
      try {
        const statements = work(tx);
        unsent = statements.length;
        outcomes = await Promise.allSettled(statements);
      } catch (reason) {
        outcomes = [{ status: "rejected", reason }];
      }
      const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
      commit ??= end(failures.length > 0 ? "rollback" : "commit");
      socket.open();
      const ended = await commit;
      if (failures.length > 0) throw await entered.blame(failures.find((error) => sqlStateOf(error) !== failedTransaction) ?? failures[0]);
      await entered.result;
      refuseRollback(ended);
    }),
  );
}

function retrying<T>(name: string, attempt: () => Promise<T>): Promise<T> {
  return inTransactionSpan(name, () => untilTaken(attempt));
}

async function untilTaken<T>(attempt: () => Promise<T>): Promise<T> {
  for (const delayMs of retryDelaysMs) {
    try {
      return await attempt();
    } catch (error) {
      if (!isRetryable(error)) throw toDomainError(error);
      await sleep(delayMs * (0.5 + Math.random()));
    }
  }
  return attempt().catch((error: unknown) => {
    throw toDomainError(error);
  });
}

/** A client goes back to the pool only when it is idle and its plans hold; otherwise its connection is closed. */
async function onClient<T>(pool: pg.Pool, work: (client: Pipelined) => Promise<T>): Promise<T> {
  const client = (await pool.connect()) as Pipelined;
  const ignore = () => {};
  let stale = false;
  client.on("error", ignore);
  try {
    return await work(client);
  } catch (error) {
    stale = isStalePlan(error);
    throw error;
  } finally {
    client.off("error", ignore);
    client.release(stale || client.getTransactionStatus() !== "I" || client.connection.stream.destroyed);
  }
}

interface Socket {
  /** What is sent from now on is kept, to go out together. */
  hold(): void;
  open(): void;
  /** Opens when whatever runs now has sent all that it sends without waiting. */
  openSoon(): void;
}

function cork(client: Pipelined): Socket {
  const { stream } = client.connection;
  let corked = false;
  const socket: Socket = {
    hold() {
      if (!corked) stream.cork();
      corked = true;
    },
    open() {
      if (corked) stream.uncork();
      corked = false;
    },
    openSoon() {
      process.nextTick(socket.open);
    },
  };
  socket.hold();
  return socket;
}

/** Sends without waiting. A statement behind a failed entry fails with 25P02; `blame` gives the entry's own error instead. */
function enter(client: Pipelined, entry: Entry): { result: Promise<unknown>; blame(error: unknown): Promise<unknown> } {
  const result = Promise.all([client.query("begin"), client.query(entry)]);
  result.catch(() => {});
  return {
    result,
    async blame(error) {
      if (sqlStateOf(error) !== failedTransaction) return error;
      const [entered] = await Promise.allSettled([result]);
      return entered.status === "rejected" ? entered.reason : error;
    },
  };
}

/** Drizzle over the client, with `send` between them. */
function transactionOver(
  client: Pipelined,
  names: StatementNames | undefined,
  send: (query: () => Promise<pg.QueryResult>) => Promise<pg.QueryResult>,
): Transaction {
  return drizzleOver({ query: (config, values) => send(() => client.query(config, values)) }, names);
}

interface Queryable {
  query(config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult>;
}

/** Drizzle names no statement by itself: those that come often get a name here. */
function drizzleOver(client: Queryable, names: StatementNames | undefined): Transaction {
  const naming: Queryable = {
    query(config, values) {
      const name = names?.nameOf(config.text);
      return client.query(name === undefined ? config : { ...config, name }, values);
    },
  };
  const session = new NodePgSession<Record<string, never>, Record<string, never>>(naming as unknown as pg.PoolClient, dialect, undefined);
  return new NodePgTransaction<Record<string, never>, Record<string, never>>(dialect, session, undefined, 0);
}

function refuseRollback(result: pg.QueryResult): void {
  if (result.command !== "COMMIT")
    throw new Error(`the transaction ended with ${result.command}: a statement in it failed and the error was swallowed`);
}
