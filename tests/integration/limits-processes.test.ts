import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createPool } from "@leasehold/db/client";
import { createLimits } from "@leasehold/tenancy/limits/create-limits";
import { reserveLimit } from "@leasehold/tenancy/limits/slice";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { startTcpProxy, type TcpProxy } from "../support/faults/tcp-proxy.ts";
import { createLimitedTenant } from "../support/limits/limited-tenant.ts";

let databases: TestDatabases;
let worker: Pool;
beforeAll(async () => {
  databases = await createTestDatabases();
  worker = createPool(databases.urlOf("application", "worker"), { max: 2 });
});
afterAll(async () => {
  await worker.end();
  await databases[Symbol.asyncDispose]();
});

interface Asking {
  child: ChildProcess;
  counts: { admitted: number; refused: number };
  /** Tells it to stop, and waits until it has given back what it leased. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** A process of its own, with connections of its own, that asks as fast as it is let. */
async function startAsking(tenant: { tenantId: string; plan: string }): Promise<Asking> {
  const url = databases.urlOf("application", "app_tenant");
  const child = fork(new URL("../support/limits/asking-process.ts", import.meta.url), [url, tenant.tenantId, tenant.plan], {
    execArgv: [],
  });
  const counts = { admitted: 0, refused: 0 };
  await once(child, "message");
  child.on("message", (now: typeof counts) => Object.assign(counts, now));
  const gone = once(child, "exit");
  const stop = async () => {
    child.send("stop");
    await gone;
  };
  const kill = async () => {
    child.kill("SIGKILL");
    await gone;
  };
  return { child, counts, stop, kill };
}

const usedToday = async (tenantId: string) => {
  const [row] = await databases.query<{ day_used: string }>("application", "select day_used from app.rate_buckets where tenant_id = $1", [
    tenantId,
  ]);
  return Number(row?.day_used ?? 0);
};
const admittedBy = (processes: Asking[]) => processes.reduce((sum, { counts }) => sum + counts.admitted, 0);

test("four processes together let through the rate and no more, and each has its part", async () => {
  const rates = { requestsPerSecond: 60, burst: 60, requestsPerDay: 1_000_000 };
  const tenant = await createLimitedTenant(worker, rates);
  const started = performance.now();
  const processes = await Promise.all([1, 2, 3, 4].map(() => startAsking(tenant)));
  await sleep(4_000);
  await Promise.all(processes.map((each) => each.stop()));
  const seconds = (performance.now() - started) / 1000;
  const admitted = admittedBy(processes);
  expect(admitted).toBeLessThanOrEqual(rates.burst + rates.requestsPerSecond * seconds + 4 * reserveLimit(rates));
  expect(admitted).toBeGreaterThan(rates.burst + rates.requestsPerSecond * 4 * 0.7);
  for (const { counts } of processes) {
    expect(counts.admitted).toBeGreaterThan(0);
    expect(counts.refused).toBeGreaterThan(0);
  }
  expect(await usedToday(tenant.tenantId)).toBe(admitted);
});

test("a killed process loses its lease to the day and opens nothing: the next begins where the bucket is", async () => {
  const rates = { requestsPerSecond: 0.01, burst: 200, requestsPerDay: 1_000_000 };
  const tenant = await createLimitedTenant(worker, rates);
  const first = await startAsking(tenant);
  await expect.poll(() => first.counts.admitted).toBeGreaterThan(60);
  await first.kill();
  const lost = (await usedToday(tenant.tenantId)) - first.counts.admitted;
  expect(lost).toBeLessThanOrEqual(reserveLimit(rates) + 5);
  const second = await startAsking(tenant);
  await expect.poll(() => second.counts.refused, { timeout: 10_000 }).toBeGreaterThan(3);
  await second.stop();
  const admitted = admittedBy([first, second]);
  expect(admitted).toBeLessThanOrEqual(rates.burst + 1);
  expect(admitted).toBeGreaterThanOrEqual(rates.burst - reserveLimit(rates) - 5);
});

test("a process whose database is away uses up its slice, refuses as UNAVAILABLE, and goes on when it is back", async () => {
  const tenant = await createLimitedTenant(worker, { requestsPerSecond: 1_000, burst: 1_000, requestsPerDay: 1_000_000 });
  const url = new URL(databases.urlOf("application", "app_tenant"));
  await using proxy: TcpProxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const pool = createPool(url.toString(), { max: 2 });
  const limits = createLimits({ pool });
  const ask = () => limits.admit(tenant).then(({ release }) => release());
  for (let count = 0; count < 100; count++) await ask();
  proxy.set("reset");
  let admitted = 0;
  let refusal: unknown;
  while (refusal === undefined)
    await ask().then(
      () => {
        admitted += 1;
      },
      (error: unknown) => {
        refusal = error;
      },
    );
  expect(refusal).toMatchObject({ code: "UNAVAILABLE", reason: "limits-away", retryAfterSeconds: 2 });
  expect(admitted).toBeGreaterThan(0);
  expect(admitted).toBeLessThanOrEqual(reserveLimit({ burst: 1_000 }));
  proxy.set("pass");
  await expect.poll(() => ask().then(() => "in"), { timeout: 10_000, interval: 200 }).toBe("in");
  await limits.close();
  await pool.end();
});
