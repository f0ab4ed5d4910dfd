import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createPool } from "@leasehold/db/client";
import { type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";
import type { Bench, BenchResult } from "./bench.ts";
import { median, memoryMibOf, percentile, round } from "./measure.ts";
import { oneKey } from "./one-key.ts";
import { type Ask, createAsk, type Exchange, joinRounds, type Round, runRound, type Wrongs } from "./request-load.ts";
import { adminUrlOf, type BenchTenant, documentNameOf, type Seeded, seedPool } from "./request-seed.ts";

const amounts = { active: 100, tenants: 1_000, rows: 1_000_000, known: 10_000 };
/** Rounds of the warm-up are not measured: both processes compile what runs often. */
const rounds = { warmUp: 4, count: 20, alone: 400, slice: 50, together: 400, lanes: 8 };
/** New connections for each few rounds: which core a server process has come to is worth more than the policies cost. */
const rls = { connections: 12, rounds: 6, statements: 200 };
const memory = { requests: 100_000, lanes: 8, growthMib: 48 };

/** A document's row through the whole tenant-scoped path, beside the same handlers without any of it, turn by turn in one run. */
export const bench: Bench = async () => {
  const result: BenchResult = { bench: "request", figures: { ...amounts }, baseline: {}, ratio: {}, wrong: [] };
  const wrongs: Wrongs = { errors: 0, leaked: 0, first: [] };
  await using application = await createApplicationWorld({ LOG_LEVEL: "warn" });
  const bareKey = randomBytes(32);
  const bareKeys = oneKey(bareKey);
  const seeded = await seedPool(application, bareKeys, amounts);
  await using bare = await startBareServer(adminUrlOf(application), bareKey);
  using askOurs = createAsk(application.url);
  using askBare = createAsk(bare.url);
  const sides = [
    { name: "ours" as const, ask: askOurs },
    { name: "bare" as const, ask: askBare },
  ];
  const measureRound = (order: typeof sides, exchanges: (side: Side) => Promise<Next>) =>
    takeTurns(order, exchanges, seeded.active.length, wrongs);
  for (const kind of ["read", "write"] as const) {
    const measured = { ours: [] as [Round, Round][], bare: [] as [Round, Round][] };
    for (let index = -rounds.warmUp; index < rounds.count; index++) {
      const round = await measureRound(index % 2 === 0 ? sides : sides.toReversed(), (name) =>
        exchangesOf(application, seeded.active, kind, name),
      );
      if (index >= 0) for (const { name } of sides) measured[name].push(round[name]);
    }
    Object.assign(result.figures, figuresOf(kind, measured.ours));
    Object.assign(result.baseline, figuresOf(kind, measured.bare));
    const ratios = measured.ours.map(([alone], index) => alone.p50 / (measured.bare[index]?.[0].p50 ?? Number.NaN));
    result.ratio[`${kind}_p50`] = round(median(ratios), 3);
    result.ratio[`${kind}_p50_least`] = round(Math.min(...ratios), 3);
    result.ratio[`${kind}_p50_most`] = round(Math.max(...ratios), 3);
  }
  result.ratio.rls_p50 = await measureRowSecurity(application, seeded.active[0] as BenchTenant);
  Object.assign(result.figures, await watchMemory(application, seeded, askOurs, wrongs, result.wrong));
  Object.assign(result.figures, { errors_count: wrongs.errors, leaked_count: wrongs.leaked });
  if (wrongs.errors + wrongs.leaked > 0)
    result.wrong.push(`${wrongs.errors} errors, ${wrongs.leaked} answers with another tenant's data`, ...wrongs.first);
  for (const [title, figures] of Object.entries({ "Tenant-scoped": result.figures, Bare: result.baseline, Ratio: result.ratio })) {
    console.log(`\n${title}`);
    for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(32)} ${value}`);
  }
  return result;
};

type Next = (index: number) => Exchange;

/**
 * Both sides, in slices by turns, so that whatever else the machine does meets both alike: one request at a time, then several. Each
 * tenant comes by once before, unmeasured: what is measured is what warm caches take.
 */
async function takeTurns(
  order: readonly { name: Side; ask: Ask }[],
  exchanges: (side: Side) => Promise<Next>,
  tenants: number,
  wrongs: Wrongs,
): Promise<Record<Side, [Round, Round]>> {
  const turns = await Promise.all(order.map(async ({ name, ask }) => ({ name, ask, next: await exchanges(name), alone: [] as Round[] })));
  for (const { ask, next } of turns) await runRound(ask, tenants, 1, next, wrongs);
  for (let at = 0; at < rounds.alone; at += rounds.slice)
    for (const { ask, next, alone } of turns) alone.push(await runRound(ask, rounds.slice, 1, (index) => next(at + index), wrongs));
  const result: Partial<Record<Side, [Round, Round]>> = {};
  for (const { name, ask, next, alone } of turns)
    result[name] = [joinRounds(alone), await runRound(ask, rounds.together, rounds.lanes, next, wrongs)];
  return result as Record<Side, [Round, Round]>;
}

async function startBareServer(databaseUrl: string, key: Buffer): Promise<AsyncDisposable & { url: string }> {
  const child = fork(fileURLToPath(new URL("bare-server.ts", import.meta.url)), [databaseUrl, key.toString("hex")], {
    env: { ...process.env, NODE_ENV: "production" },
  });
  const [url] = (await once(child, "message")) as [string];
  return {
    url,
    async [Symbol.asyncDispose]() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

type Kind = "read" | "write";
type Side = "ours" | "bare";
let written = 0;

/** Requests of every active tenant in turn, with tokens that hold for a minute. */
async function exchangesOf({ world }: ApplicationWorld, active: BenchTenant[], kind: Kind, side: Side): Promise<Next> {
  const people = await Promise.all(
    active.map(async (tenant) => ({ ...tenant, authorization: `Bearer ${await world.tokenFor({ ...tenant, roles: ["member"] })}` })),
  );
  return (index) => {
    const { tenantId, authorization, documents } = people[index % people.length] as (typeof people)[number];
    const headers: Record<string, string> = side === "ours" ? { authorization } : { "x-tenant": tenantId };
    if (kind === "read") {
      const path = `/trpc/documents.get?input=${encodeURIComponent(JSON.stringify({ json: { documentId: documents[side] } }))}`;
      return { tenantId, expected: documentNameOf(tenantId), send: (ask) => ask(path, { headers }) };
    }
    const name = `Folder ${++written} of ${tenantId}`;
    const body = JSON.stringify({ json: { name } });
    const once = { ...headers, "idempotency-key": `bench-${written}` };
    return { tenantId, expected: name, send: (ask) => ask("/trpc/documents.createFolder", { headers: once, body }) };
  };
}

function figuresOf(kind: Kind, measured: [Round, Round][]): Record<string, number> {
  const alone = measured.flatMap(([{ durationsMs }]) => durationsMs);
  const together = measured.flatMap(([, { durationsMs }]) => durationsMs);
  return {
    [`${kind}_p50_ms`]: round(percentile(alone, 0.5), 3),
    [`${kind}_p99_ms`]: round(percentile(alone, 0.99), 3),
    [`${kind}_at_${rounds.lanes}_p50_ms`]: round(percentile(together, 0.5), 3),
    [`${kind}_at_${rounds.lanes}_p99_ms`]: round(percentile(together, 0.99), 3),
    [`${kind}_per_second`]: round(median(measured.map(([, { perSecond }]) => perSecond)), 0),
  };
}

/** The same statement, prepared as the product prepares it, over the same rows by a login that the policies hold for, and by one that they do not; the median of the rounds' ratios. */
async function measureRowSecurity(application: ApplicationWorld, tenant: BenchTenant): Promise<number> {
  const urls = [application.world.urlOf("application", "app_tenant"), adminUrlOf(application)] as const;
  const ratios: number[] = [];
  for (let index = 0; index < rls.connections; index++) ratios.push(...(await measureRowSecurityOnce(urls, tenant)));
  return round(median(ratios), 3);
}

/** Rounds over one connection for each login, in turns; the first of them is not measured. */
async function measureRowSecurityOnce(urls: readonly [string, string], { tenantId, documents }: BenchTenant): Promise<number[]> {
  const text = "select * from app.documents where tenant_id = $1 and document_id = $2 and state = 'STORED'";
  const pools = urls.map((url) => createPool(url, { max: 1, prepares: true }));
  const p50Of = async (pool: (typeof pools)[number]) => {
    const client = await pool.connect();
    await client.query("select set_config('app.tenant', $1, false)", [tenantId]);
    const durations: number[] = [];
    for (let index = 0; index < rls.statements; index++) {
      const begun = performance.now();
      const { rowCount } = await client.query({ name: "bench-read", text, values: [tenantId, documents.ours] });
      durations.push(performance.now() - begun);
      if (rowCount !== 1) throw new Error("the row was not found");
    }
    client.release();
    return percentile(durations, 0.5);
  };
  const ratios: number[] = [];
  for (let index = 0; index <= rls.rounds; index++) {
    const [first, second] = index % 2 === 0 ? [0, 1] : [1, 0];
    const times = [0, 0];
    for (const which of [first, second]) times[which as number] = await p50Of(pools[which as number] as (typeof pools)[number]);
    if (index > 0) ratios.push((times[0] as number) / (times[1] as number));
  }
  for (const pool of pools) await pool.end();
  return ratios;
}

/** Requests of ten thousand tenants in turn: once all have come by, the process grows no more. */
async function watchMemory(
  application: ApplicationWorld,
  { known }: Seeded,
  ask: Ask,
  wrongs: Wrongs,
  wrong: string[],
): Promise<Record<string, number>> {
  const figures: Record<string, number> = { memory_before_mib: round(memoryMibOf(application.process.pid), 0) };
  const quarter = memory.requests / 4;
  for (let index = 1; index <= 4; index++) {
    const next = (at: number): Exchange => {
      const tenantId = known[at % known.length] as (typeof known)[number];
      const send = async (through: Ask) => {
        const authorization = `Bearer ${await application.world.tokenFor({ tenantId, userId: "usr_bench", roles: ["member"] })}`;
        return through("/trpc/usage.summary", { headers: { authorization } });
      };
      return { tenantId, expected: "storedBytes", send };
    };
    await runRound(ask, quarter, memory.lanes, next, wrongs);
    figures[`memory_quarter_${index}_mib`] = round(memoryMibOf(application.process.pid), 0);
  }
  const grown = (figures.memory_quarter_4_mib ?? 0) - (figures.memory_quarter_1_mib ?? 0);
  if (grown > memory.growthMib) wrong.push(`memory grew by ${grown} MiB after the first quarter: more than ${memory.growthMib}`);
  return { ...figures, memory_growth_mib: grown };
}
