import { openHome } from "@leasehold/db/application/placement/open-home";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { firstEpoch } from "@leasehold/domain/placement";
import type { RequestRates } from "@leasehold/domain/plans";
import { createLimitedTenant } from "../support/limits/limited-tenant.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";
import type { Bench } from "./bench.ts";
import { type Answers, sendStreams } from "./fairness-load.ts";
import { percentile, round } from "./measure.ts";

const rates = {
  requestsPerSecond: 1,
  burst: 10,
  keyRequestsPerSecond: 1,
  requestsPerDay: 1_000_000,
  concurrentRequests: 20,
} satisfies RequestRates;
/** Requests a second of one neighbour, within its rate. */
const each = 0.5;
const neighbours = 100;
/** What comes beside them: from one tenant a hundred times its rate, or the same spread over others that keep to theirs. */
const besides = 100 * rates.requestsPerSecond;
const rounds = 20;
const roundSeconds = 3;
const warmUpSeconds = 3;

interface Side {
  durationsMs: number[];
  besides: Record<string, number>;
}

/**
 * What neighbours notice of a flood: the time of reading a row through the whole tenant-scoped path, with one tenant beside them
 * at 100 times its rate, and with as many requests spread evenly over tenants that keep to theirs; in turns, in one run.
 */
export const bench: Bench = async () => {
  await using world = await createWorld({ ownServers: true });
  const application = await world.start("application", { ...issuersWithoutPortal(world.stack), LOG_LEVEL: "warn" });
  const measured = await createTenants(world, neighbours);
  const others = await createTenants(world, besides / each);
  const flooder = await createTenants(world, 1);
  const url = `${application.url}/trpc/usage.summary`;
  const wrong: string[] = [];

  async function run(beside: TenantId[], seconds: number): Promise<[Answers, Answers]> {
    const [tokens, besideTokens] = [await tokensFor(world, measured), await tokensFor(world, beside)];
    const streams = [
      { tokens, perSecond: neighbours * each },
      { tokens: besideTokens, perSecond: besides },
    ];
    const [own = nobody, rest = nobody] = await sendStreams(url, streams, seconds);
    for (const [status, count] of Object.entries(own.statuses))
      if (status !== "200") wrong.push(`${count} neighbours were answered ${status}`);
    return [own, rest];
  }

  const spread: Side = { durationsMs: [], besides: {} };
  const flood: Side = { durationsMs: [], besides: {} };
  for (const beside of [others, flooder]) await run(beside, warmUpSeconds);
  for (let turn = 0; turn < rounds; turn++) {
    for (const [side, beside] of [
      [spread, others],
      [flood, flooder],
    ] as const) {
      const [own, rest] = await run(beside, roundSeconds);
      side.durationsMs.push(...own.durationsMs);
      for (const [status, count] of Object.entries(rest.statuses)) side.besides[status] = (side.besides[status] ?? 0) + count;
    }
  }
  for (const status of Object.keys(spread.besides)) if (status !== "200") wrong.push(`others within their rate were answered ${status}`);
  for (const status of Object.keys(flood.besides)) if (!/^(200|429)$/.test(status)) wrong.push(`the flood was answered ${status}`);
  const admitted = flood.besides[200] ?? 0;
  const most = rates.burst + rates.requestsPerSecond * rounds * (roundSeconds * 2 + 5);
  if (admitted > most) wrong.push(`${admitted} requests of the flood were let through, ${most} at most should be`);
  const [figures, baseline] = [figuresOf(flood), figuresOf(spread)];
  const ratio = { p50: ratioOf(figures.p50_ms, baseline.p50_ms), p99: ratioOf(figures.p99_ms, baseline.p99_ms) };
  return {
    bench: "fairness",
    figures: { ...figures, flood_admitted: admitted, flood_refused: flood.besides[429] ?? 0 },
    baseline,
    ratio,
    wrong,
  };
};

const nobody: Answers = { durationsMs: [], statuses: {} };
const ratioOf = (figure: number, baseline: number) => round(figure / baseline, 2);

function figuresOf({ durationsMs }: Side) {
  return {
    p50_ms: round(percentile(durationsMs, 0.5), 2),
    p99_ms: round(percentile(durationsMs, 0.99), 2),
    requests: durationsMs.length,
  };
}

async function createTenants(world: World, count: number): Promise<TenantId[]> {
  const worker = world.pool("application", "worker");
  const made: TenantId[] = [];
  for (let index = 0; index < count; index++) {
    const { tenantId } = await createLimitedTenant(worker, rates, { region: world.stack.aws.region });
    await openHome(worker, tenantId, firstEpoch);
    made.push(tenantId);
  }
  return made;
}

function tokensFor(world: World, tenants: readonly TenantId[]): Promise<string[]> {
  return Promise.all(tenants.map((tenantId) => world.tokenFor({ tenantId, userId: newId("user") })));
}
