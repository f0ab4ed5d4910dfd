import { once } from "node:events";
import { type AddressInfo, createServer, type Socket, connect as tcpConnect } from "node:net";
import type { InjectedFault } from "./injected-fault.ts";
import { createMessageReader, queryMessage } from "./postgres-messages.ts";

/**
 * `refuse`: the server raises an error in place of the statement. `cut`: the connection ends before the statement is sent.
 * `lost-answer`: the server carries it out and answers, and the connection ends before the client hears of it. `hang`: the
 * statement is not sent; when the fault is lifted, its connection ends. `pause`: it is sent when the fault is lifted.
 */
export type SqlFaultMode = "refuse" | "cut" | "lost-answer" | "hang" | "pause";

export interface SqlFault {
  /** Matched against the text of a statement and its parameters as sent, and the name of a prepared one. */
  statement: RegExp;
  /** What its transaction must have sent by then, itself included; see `parameter`. */
  within?: readonly string[];
  mode: SqlFaultMode;
  /** How often; without it, until it is lifted. */
  times?: number;
  /** SQLSTATE of `refuse`; insufficient_privilege unless told. */
  sqlState?: string;
}

export interface PostgresProxy extends AsyncDisposable {
  port: number;
  /** The same login and database through the proxy. */
  through(url: string): string;
  inject(fault: SqlFault): InjectedFault;
  /** Lifts every fault. */
  clear(): void;
  /** Statements that were passed on. */
  passed(): number;
  /** Ends every connection; new ones are refused until `let(true)`. */
  let(pass: boolean): void;
}

interface Active extends SqlFault {
  hits: number;
  held: Set<{ end(): void; resume(): void }>;
}

/** A value as it is sent among a statement's parameters, to tell `key` from a longer text that holds it. */
export function parameter(value: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(value));
  return length.toString("latin1") + Buffer.from(value).toString("latin1");
}

/** A proxy on a free loopback port that understands enough of PostgreSQL's protocol to aim at one statement. */
export async function startPostgresProxy(target: { host: string; port: number }): Promise<PostgresProxy> {
  const faults = new Set<Active>();
  const open = new Set<Socket>();
  let passed = 0;
  let letIn = true;

  const match = (text: string, transaction: string) => {
    for (const fault of faults) {
      if (fault.hits >= (fault.times ?? Number.POSITIVE_INFINITY) || !fault.statement.test(text)) continue;
      if (fault.within?.some((part) => !transaction.includes(part) && !text.includes(part))) continue;
      fault.hits += 1;
      return fault;
    }
  };

  const server = createServer((client) => {
    if (!letIn) return void client.resetAndDestroy();
    const upstream = tcpConnect({ ...target, noDelay: true });
    client.setNoDelay(true);
    const end = () => {
      for (const socket of [client, upstream]) socket.resetAndDestroy();
    };
    const readClient = createMessageReader();
    const readServer = createMessageReader();
    let group: Buffer[] = [];
    let transaction = "";
    let held: Buffer[] | undefined;
    let sent = 0;
    let answered = 0;
    let cutAt = Number.POSITIVE_INFINITY;

    const sendGroup = (endsGroup: boolean) => {
      const bytes = Buffer.concat(group);
      group = [];
      if (held !== undefined) return void held.push(bytes);
      const text = bytes.toString("latin1");
      const fault = endsGroup ? match(text, transaction) : undefined;
      if (/begin\0/i.test(text)) transaction = text;
      else if (/(commit|rollback)\0/i.test(text)) transaction = "";
      else if (transaction !== "") transaction += text;
      if (fault?.mode === "cut") return end();
      if (fault?.mode === "hang" || fault?.mode === "pause") {
        const waiting = [bytes];
        held = waiting;
        const resume = () => {
          held = undefined;
          if (!upstream.destroyed) upstream.write(Buffer.concat(waiting));
        };
        fault.held.add({ end, resume });
        return;
      }
      if (endsGroup) {
        sent += 1;
        passed += 1;
        if (fault?.mode === "lost-answer") cutAt = sent;
      }
      const refusal = `DO $$BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '${fault?.sqlState ?? "42501"}'; END$$`;
      upstream.write(fault?.mode === "refuse" ? queryMessage(refusal) : bytes);
    };

    client.on("data", (chunk) => {
      for (const { type, bytes } of readClient(chunk)) {
        group.push(bytes);
        if (type === "Q" || type === "S") sendGroup(true);
        else if (type === "" || type === "p" || type === "X" || type === "d" || type === "c") sendGroup(false);
      }
    });
    upstream.on("data", (chunk) => {
      for (const { type, bytes } of readServer(chunk)) {
        if (answered < cutAt - 1) client.write(bytes);
        if (type === "Z" && sent > 0) answered += 1;
        if (answered >= cutAt) return end();
      }
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const lift = (fault: Active) => {
    faults.delete(fault);
    for (const connection of fault.held) fault.mode === "pause" ? connection.resume() : connection.end();
  };
  return {
    port,
    through(url) {
      const changed = new URL(url);
      changed.port = String(port);
      return changed.toString();
    },
    inject(fault) {
      const active: Active = { ...fault, hits: 0, held: new Set() };
      faults.add(active);
      return { hits: () => active.hits, lift: () => lift(active) };
    },
    clear: () => [...faults].forEach(lift),
    passed: () => passed,
    let(pass) {
      letIn = pass;
      if (!pass) for (const socket of open) socket.resetAndDestroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
}
