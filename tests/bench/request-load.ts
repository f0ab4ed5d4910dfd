import { Agent, request } from "node:http";
import { percentile } from "./measure.ts";

export interface Answer {
  status: number;
  text: string;
}

export type Ask = (path: string, options: { headers: Record<string, string>; body?: string }) => Promise<Answer>;

/** Requests over connections that stay open. */
export function createAsk(url: string): Ask & Disposable {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const ask: Ask = (path, { headers, body }) =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
      const sent = request(`${url}${path}`, { agent, method: body === undefined ? "GET" : "POST", headers: { ...headers, ...length } });
      sent.once("error", reject);
      sent.once("response", (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.once("error", reject);
        response.once("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }));
      });
      sent.end(body);
    });
  return Object.assign(ask, { [Symbol.dispose]: () => agent.destroy() });
}

export interface Wrongs {
  errors: number;
  /** Answers with another tenant's data. */
  leaked: number;
  first: string[];
}

export interface Round {
  p50: number;
  durationsMs: number[];
  perSecond: number;
}

export interface Exchange {
  send(ask: Ask): Promise<Answer>;
  /** What the answer must hold, and what would be another tenant's. */
  expected: string;
  tenantId: string;
}

/** Asks one by one in so many lanes, and looks at every answer. */
export async function runRound(ask: Ask, count: number, lanes: number, next: (index: number) => Exchange, wrongs: Wrongs): Promise<Round> {
  const durationsMs: number[] = [];
  let index = 0;
  const begun = performance.now();
  const lane = async () => {
    while (index < count) {
      const exchange = next(index++);
      const sent = performance.now();
      const { status, text } = await exchange.send(ask).catch((error: unknown) => ({ status: 0, text: String(error) }));
      durationsMs.push(performance.now() - sent);
      judge(exchange, status, text, wrongs);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { p50: percentile(durationsMs, 0.5), durationsMs, perSecond: count / ((performance.now() - begun) / 1000) };
}

/** Rounds one after the other, as one. */
export function joinRounds(rounds: readonly Round[]): Round {
  const durationsMs = rounds.flatMap((round) => round.durationsMs);
  const seconds = rounds.reduce((sum, round) => sum + round.durationsMs.length / round.perSecond, 0);
  return { p50: percentile(durationsMs, 0.5), durationsMs, perSecond: durationsMs.length / seconds };
}

function judge({ expected, tenantId }: Exchange, status: number, text: string, wrongs: Wrongs): void {
  const named = text.match(/tnt_[0-9A-Z]{26}/g) ?? [];
  if (named.some((each) => each !== tenantId)) wrongs.leaked += 1;
  else if (status === 200 && text.includes(expected)) return;
  else wrongs.errors += 1;
  if (wrongs.first.length < 5) wrongs.first.push(`${status}: ${text.slice(0, 300)}`);
}
