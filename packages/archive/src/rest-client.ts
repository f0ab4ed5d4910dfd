import { setTimeout as sleep } from "node:timers/promises";

export interface RestTarget {
  /** Without the interface's version. */
  url: string;
  apiKey: string;
}

export interface RestRequest {
  method: "GET" | "POST" | "PUT";
  path: string;
  headers?: Record<string, string>;
  /** Made anew for each try. */
  body?: () => Promise<BodyInit>;
}

/** A refusal that trying again does not change. */
export class RestRefusal extends Error {
  override readonly name = "RestRefusal";
  readonly status: number;
  readonly reason: string | undefined;
  constructor(status: number, message: string, reason: string | undefined) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

const mostTries = 12;
const longestWaitMs = 60_000;
const callMs = 300_000;

/**
 * One request of the public interface, again while the other side is away or asks to wait. Throws RestRefusal, and after the last try
 * what went wrong.
 */
export async function callRest({ url, apiKey }: RestTarget, { method, path, headers = {}, body }: RestRequest): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    const last = tries === mostTries;
    let waitMs = Math.min(250 * 2 ** tries, longestWaitMs);
    try {
      const answer = await fetch(new URL(`/v1${path}`, url), {
        method,
        headers: { ...headers, authorization: `Bearer ${apiKey}` },
        body: body === undefined ? null : await body(),
        signal: AbortSignal.timeout(callMs),
        redirect: "error",
      });
      if (answer.ok) return answer.status === 204 ? undefined : await answer.json();
      const problem = (await answer.json().catch(() => ({}))) as { detail?: string; title?: string; reason?: string };
      const refusal = new RestRefusal(answer.status, problem.detail ?? problem.title ?? answer.statusText, problem.reason);
      if (last || (answer.status !== 429 && answer.status < 500)) throw refusal;
      waitMs = Math.min(Math.max(Number(answer.headers.get("retry-after") ?? 0) * 1_000, waitMs), longestWaitMs);
    } catch (error) {
      if (last || error instanceof RestRefusal) throw error;
    }
    await sleep(waitMs);
  }
}
