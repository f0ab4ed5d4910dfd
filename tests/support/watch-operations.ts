import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { OperationId } from "@leasehold/domain/ids";
import type { OperationState, StepState } from "@leasehold/domain/operations";
import pg from "pg";
import type { World } from "./world.ts";

/** Steps of one stage end together: one look for all of them. */
const settleMs = 5;

export interface SeenOperation {
  state: OperationState;
  attentionStep: string | null;
  attentionCode: string | null;
}

export interface OperationWatch extends AsyncDisposable {
  /**
   * Resolves when the operation is in one of the states. Throws, with what it saw last, after `timeoutMs`. Who knows how many events come
   * before may leave those out with `fromEvent`, and looks once a second meanwhile.
   */
  until(operationId: OperationId, states: readonly OperationState[], timeoutMs: number, fromEvent?: number): Promise<SeenOperation>;
  untilStep(operationId: OperationId, step: string, state: StepState, timeoutMs: number): Promise<void>;
}

/** Sees operations from outside, as the live pages do: by the control database's notifications, and a slow look in case one is missed. */
export async function watchOperations(world: World): Promise<OperationWatch> {
  const waiting = new Map<string, Set<(event: number) => void>>();
  const pool = world.pool("control", "operator");
  let listener: pg.Client | undefined;
  let closed = false;

  async function listen(): Promise<void> {
    const client = new pg.Client({ connectionString: world.urlOf("control", "operator") });
    client.on("error", () => {});
    client.on("notification", ({ payload = "" }) => {
      const [operationId = "", event] = payload.split(":");
      for (const look of waiting.get(operationId) ?? []) look(Number(event));
    });
    client.on("end", () => {
      if (!closed) setTimeout(() => void listen().catch(() => {}), 200);
    });
    await client.connect();
    await client.query("listen operation_events");
    listener = client;
  }
  await listen();

  async function wait<T>(
    operationId: OperationId,
    look: () => Promise<T | undefined>,
    { timeoutMs, fromEvent = 0 }: { timeoutMs: number; fromEvent?: number | undefined },
  ): Promise<T | undefined> {
    const found = Promise.withResolvers<T | undefined>();
    let looking = false;
    let again = false;
    const check = async () => {
      again = true;
      if (looking) return;
      looking = true;
      while (again) {
        again = false;
        const seen = await look().catch(() => undefined);
        if (seen !== undefined) found.resolve(seen);
        else await sleep(settleMs);
      }
      looking = false;
    };
    const checks = waiting.get(operationId) ?? new Set();
    const told = (event: number) => {
      if (event >= fromEvent) void check();
    };
    waiting.set(operationId, checks.add(told));
    const slowly = setInterval(check, 1_000);
    const timer = setTimeout(() => found.resolve(undefined), timeoutMs);
    void check();
    const result = await found.promise;
    clearInterval(slowly);
    clearTimeout(timer);
    checks.delete(told);
    if (checks.size === 0) waiting.delete(operationId);
    return result;
  }

  const read = async (operationId: OperationId): Promise<SeenOperation | undefined> => {
    const text = `select state, attention_step as "attentionStep", attention_code as "attentionCode" from control.operations where operation_id = $1`;
    return (await pool.query<SeenOperation>({ name: "watch-operation", text, values: [operationId] })).rows[0];
  };
  return {
    async until(operationId, states, timeoutMs, fromEvent) {
      let last: SeenOperation | undefined;
      const seen = await wait(
        operationId,
        async () => {
          last = await read(operationId);
          return last !== undefined && states.includes(last.state) ? last : undefined;
        },
        { timeoutMs, fromEvent },
      );
      if (seen !== undefined) return seen;
      throw new Error(`operation ${operationId} was not ${states.join(" or ")} within ${timeoutMs} ms, but ${JSON.stringify(last)}`);
    },
    async untilStep(operationId, step, state, timeoutMs) {
      const text = "select state from control.operation_steps where operation_id = $1 and step = $2";
      let last: string | undefined;
      const seen = await wait(
        operationId,
        async () => {
          last = (await pool.query<{ state: string }>(text, [operationId, step])).rows[0]?.state;
          return last === state ? true : undefined;
        },
        { timeoutMs },
      );
      if (!seen) throw new Error(`step ${step} of ${operationId} was not ${state} within ${timeoutMs} ms, but ${last}`);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      if (listener === undefined) return;
      const ended = once(listener, "end");
      await Promise.all([listener.end(), ended]);
    },
  };
}
