import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Requests that come at a rate whether or not earlier ones are answered, each by the next token in turn. */
export interface Stream {
  tokens: readonly string[];
  perSecond: number;
}

export interface Answers {
  /** From when the request was due to its answer's end, in milliseconds; of answers with status 200. */
  durationsMs: number[];
  /** Number of answers by status; `error` for none. */
  statuses: Record<string, number>;
}

/** Sends all streams at once for so long, at random distances, and waits for the last answer. */
export async function sendStreams(url: string, streams: readonly Stream[], seconds: number): Promise<Answers[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const answers = await Promise.all(streams.map((stream) => sendStream(url, stream, seconds, agent)));
  agent.destroy();
  return answers;
}

async function sendStream(url: string, { tokens, perSecond }: Stream, seconds: number, agent: Agent): Promise<Answers> {
  const answers: Answers = { durationsMs: [], statuses: {} };
  const pending: Promise<void>[] = [];
  const begun = performance.now();
  for (let due = begun, turn = 0; due < begun + seconds * 1000; due += (-Math.log(1 - Math.random()) / perSecond) * 1000, turn++) {
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    pending.push(
      sendOne(url, tokens[turn % tokens.length] ?? "", agent).then((status) => {
        answers.statuses[status] = (answers.statuses[status] ?? 0) + 1;
        if (status === 200) answers.durationsMs.push(performance.now() - due);
      }),
    );
  }
  await Promise.all(pending);
  return answers;
}

function sendOne(url: string, token: string, agent: Agent): Promise<number | "error"> {
  return new Promise((resolve) => {
    const request = get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? "error"));
      answer.on("error", () => resolve("error"));
    });
    request.on("error", () => resolve("error"));
  });
}
