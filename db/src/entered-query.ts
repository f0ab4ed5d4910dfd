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
}

interface Internals {
  name: string | undefined;
  text: string;
  values: unknown[] | undefined;
  prepare(wire: Wire): void;
  handleError(error: Error, wire: Wire): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
}

const plain = pg.Query as unknown as new (config: pg.QueryConfig, values: unknown[] | undefined, callback: Callback) => Internals;
type Callback = (error: Error | undefined, result: pg.QueryResult) => void;

/**
 * An entry and one statement in the server's implicit transaction: both are sent in one packet and end with one Sync, so that the
 * server commits both or neither, and an error of either is the query's own (PostgreSQL, "Pipelining" in the protocol's message
 * flow). A connection that meets the entry for the first time is told its text in that packet too. The entry's own rows are left out.
 */
export class EnteredQuery extends plain {
  readonly entry: Entry;
  #entered = false;
  #own: { name: string | undefined; text: string } = { name: undefined, text: "" };

  constructor(entry: Entry, config: pg.QueryConfig, values: unknown[] | undefined, callback: Callback) {
    // Always by messages of their own: a simple query would be a transaction of its own.
    super({ ...config, queryMode: "extended" } as pg.QueryConfig, values, callback);
    this.entry = entry;
  }

  override prepare(wire: Wire): void {
    const parts: Uint8Array[] = [];
    const packet: Wire = Object.create(wire, {
      stream: { value: { writable: true, write: (bytes: Uint8Array) => parts.push(bytes) > 0 } },
    });
    const { name, text } = this.entry;
    if (wire.parsedStatements[name] === undefined) packet.parse({ name, text });
    packet.bind({ portal: "", statement: name, values: this.entry.values, valueMapper: String });
    packet.execute({ portal: "", rows: 0 });
    super.prepare(packet);
    wire.stream.write(Buffer.concat(parts));
    // What is parsed before the entry has completed is the entry: the client notes it by these two.
    this.#own = { name: this.name, text: this.text };
    Object.assign(this, { name, text });
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
