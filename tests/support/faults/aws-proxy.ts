import { once } from "node:events";
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AwsErrorAnswer, gone, refusal, throttling } from "./aws-errors.ts";
import { type AwsCall, isQueryRequest, readAwsCall } from "./aws-request.ts";
import type { InjectedFault } from "./injected-fault.ts";

/** AWS's own answers, by the fault that gives them. */
const answers = { refuse: refusal, throttle: throttling, gone };

/**
 * `refuse`, `throttle` and `gone`: AWS's own answers, and nothing is forwarded. `reset`: the connection ends before anything is
 * forwarded. `hang`: no answer until the fault is lifted. `lost-answer`: the call is carried out and the connection ends
 * before the answer.
 */
export type AwsFaultMode = keyof typeof answers | "answer" | "hang" | "reset" | "lost-answer";

export interface AwsFault {
  service: string;
  /** The operation's name; without it, every one of the service. */
  action?: string;
  mode: AwsFaultMode;
  /** A text in the call's address or, uploads to S3 apart, its body, in any case; the id of the tenant that it is for. */
  about?: string;
  /** What `answer` says in AWS's place; nothing is forwarded. */
  answer?: AwsErrorAnswer;
  /** How often; without it, until it is lifted. */
  times?: number;
  /** Calls that pass before the first one is hit. */
  after?: number;
}

export interface AwsProxy extends AsyncDisposable {
  url: string;
  inject(fault: AwsFault): InjectedFault;
  /** Lifts every fault. */
  clear(): void;
  /** Calls that reached the emulator, by `service:Action`. */
  passed(): Record<string, number>;
}

interface Active extends AwsFault {
  seen: number;
  hits: number;
  held: Set<ServerResponse>;
}

/**
 * A proxy on a free loopback port between the SDK and an endpoint. The Host header stays as the client signed it; bodies
 * stream to and from S3; others are read first, for the operation and what it is about.
 */
export async function startAwsProxy(endpoint: string): Promise<AwsProxy> {
  const target = new URL(endpoint);
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const faults = new Set<Active>();
  const passed = new Map<string, number>();

  const match = (call: AwsCall, text: string) => {
    for (const fault of faults) {
      if (fault.service !== call.service || (fault.action !== undefined && fault.action !== call.action)) continue;
      if (fault.about !== undefined && !text.includes(plain(fault.about))) continue;
      fault.seen += 1;
      if (fault.seen <= (fault.after ?? 0) || fault.hits >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
      fault.hits += 1;
      return fault;
    }
  };

  const forward = (incoming: IncomingMessage, body: Buffer | undefined, response: ServerResponse, loseAnswer: boolean) => {
    const { expect: _, ...headers } = incoming.headers;
    const { hostname: host, port } = target;
    const outgoing = httpRequest({ host, port, agent, method: incoming.method, path: incoming.url, headers }, (answer) => {
      if (loseAnswer) return void answer.resume().on("end", () => response.destroy());
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    });
    outgoing.on("error", () => response.destroy());
    response.on("close", () => !loseAnswer && !response.writableFinished && outgoing.destroy());
    if (body === undefined) incoming.pipe(outgoing);
    else outgoing.end(body);
  };

  const server = createServer(async (incoming, response) => {
    incoming.on("error", () => response.destroy());
    const body = isStreamed(incoming) ? undefined : await readBody(incoming);
    const call = readAwsCall(incoming, isQueryRequest(incoming) ? body : undefined);
    const fault = match(call, plain(`${incoming.url} ${body ?? ""}`.replaceAll("%5F", "_")));
    const said = fault === undefined ? undefined : (fault.answer ?? answers[fault.mode as keyof typeof answers]?.(call));
    if (said !== undefined) {
      const { status, headers, body: text } = said;
      incoming.resume();
      return void response.writeHead(status, headers).end(incoming.method === "HEAD" ? undefined : text);
    }
    if (fault?.mode === "reset") return void response.destroy();
    if (fault?.mode === "hang") {
      incoming.resume();
      fault.held.add(response);
      response.on("close", () => fault.held.delete(response));
      return;
    }
    const name = `${call.service}:${call.action}`;
    passed.set(name, (passed.get(name) ?? 0) + 1);
    forward(incoming, body, response, fault?.mode === "lost-answer");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const lift = (fault: Active) => {
    faults.delete(fault);
    for (const response of fault.held) response.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inject(fault) {
      const active: Active = { ...fault, seen: 0, hits: 0, held: new Set() };
      faults.add(active);
      return { hits: () => active.hits, lift: () => lift(active) };
    },
    clear: () => [...faults].forEach(lift),
    passed: () => Object.fromEntries([...passed].toSorted()),
    async [Symbol.asyncDispose]() {
      [...faults].forEach(lift);
      agent.destroy();
      server.closeAllConnections();
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
}

/** Ids without what their places ask of them: stack names have neither `_` nor capitals. */
const plain = (text: string) => text.toLowerCase().replaceAll("_", "-");

/** S3's POSTs are small: what to delete, and the ends of uploads. */
const isStreamed = (incoming: IncomingMessage) =>
  incoming.method !== "POST" && /\/s3\/aws4_request/.test(incoming.headers.authorization ?? incoming.url ?? "");

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}
