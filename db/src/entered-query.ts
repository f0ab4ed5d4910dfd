import pg from "pg";
import type { Entry } from "./transaction.ts";

/** What pg's connections have and its types leave out. */
interface Wire {
  stream: { write(bytes: Uint8Array): boolean };
  parsedStatements: Record<string, string | undefined>;
  submittedNamedStatements: Record<string, string | undefined>;
  parse(config: { name: string; text: string }): void;
  bind(config: { portal: string; statement: string; values: unknown[]; valueMapper(value: unknown): unknown }): void;
  execute(config: { portal: string; rows: number }): void;
  describe(config: { type: "P" | "S"; name: string }): void;
}

/** The columns that a statement answers with. */
interface RowDescription {
  fields: readonly object[];
}

interface Internals {
  name: string | undefined;
  text: string;
  values: unknown[] | undefined;
  prepare(wire: Wire): void;
  handleError(error: Error, wire: Wire): void;
  handleRowDescription(message: RowDescription): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
}

const plain = pg.Query as unknown as new (config: pg.QueryConfig, values: unknown[] | undefined, callback: Callback) => Internals;
type Callback = (error: Error | undefined, result: pg.QueryResult) => void;

/**
 * What each connection's prepared statements answer with, as the server once said. It never changes: where a migration has changed it, the
 * statement itself is refused, and its connection is closed (`isStalePlan`).
 */
const described = new WeakMap<Wire["parsedStatements"], Map<string, RowDescription>>();

/**
 * An entry and one statement in the server's implicit transaction: both are sent in one packet and end with one Sync, so that the
 * server commits both or neither, and an error of either is the query's own (PostgreSQL, "Pipelining" in the protocol's message
 * flow). A connection that meets the entry for the first time is told its text in that packet too. The entry's own rows are left out, and
 * what a prepared statement answers with is asked for once.
 */
export class EnteredQuery extends plain {
  readonly entry: Entry;
  #entered = false;
  #own: { name: string | undefined; text: string } = { name: undefined, text: "" };
  #described: Map<string, RowDescription> | undefined;

  constructor(entry: Entry, config: pg.QueryConfig, values: unknown[] | undefined, callback: Callback) {
    // Always by messages of their own: a simple query would be a transaction of its own.
    super({ ...config, queryMode: "extended" } as pg.QueryConfig, values, callback);
    this.entry = entry;
  }

  override prepare(wire: Wire): void {
    const parts: Uint8Array[] = [];
    const known = this.#knownRows(wire);
    const packet: Wire = Object.create(wire, {
      stream: { value: { writable: true, write: (bytes: Uint8Array) => parts.push(bytes) > 0 } },
      ...(known === undefined ? {} : { describe: { value: () => {} } }),
    });
    const { name, text } = this.entry;
    if (wire.parsedStatements[name] === undefined) packet.parse({ name, text });
    packet.bind({ portal: "", statement: name, values: this.entry.values, valueMapper: String });
    packet.execute({ portal: "", rows: 0 });
    super.prepare(packet);
    if (known !== undefined) super.handleRowDescription(known);
    wire.stream.write(Buffer.concat(parts));
    // What is parsed before the entry has completed is the entry: the client notes it by these two.
    this.#own = { name: this.name, text: this.text };
    Object.assign(this, { name, text });
  }

  #knownRows({ parsedStatements }: Wire): RowDescription | undefined {
    const { name } = this;
    if (name === undefined) return undefined;
    this.#described = described.get(parsedStatements) ?? new Map();
    described.set(parsedStatements, this.#described);
    return parsedStatements[name] === undefined ? undefined : this.#described.get(name);
  }

  override handleRowDescription(message: RowDescription): void {
    if (this.#own.name !== undefined) this.#described?.set(this.#own.name, message);
    super.handleRowDescription(message);
  }

  override handleError(error: Error, wire: Wire): void {
    if (!this.#entered && this.#own.name !== undefined) delete wire.submittedNamedStatements[this.#own.name];
    super.handleError(error, wire);
  }

  override handleDataRow(message: unknown): void {
    if (this.#entered) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    if (this.#entered) super.handleCommandComplete(message, wire);
    else Object.assign(this, this.#own);
    this.#entered = true;
  }
}
