import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "../support/world.ts";
import type { Bench, BenchResult } from "./bench.ts";
import { type Loop, median, memoryMibOf, percentile, round, runLoop } from "./measure.ts";
import { bareContender, benchPlan, type Contender, cpuOf, createBenchWorld, onboardingContender, shapeOf } from "./onboarding-parties.ts";

interface Amounts {
  warmUp: number;
  rounds: number;
  /** In each round, for each contender. */
  alone: number;
  together: number;
}

const atOnce = 20;
const amounts = {
  memory: { warmUp: 200, rounds: 6, alone: 40, together: 100 },
  file: { warmUp: 60, rounds: 2, alone: 20, together: 60 },
} satisfies Record<string, Amounts>;
/** What a piece of work leaves to be done behind its end is counted with it. */
const settleMs = 300;
const cpuParties = ["temporal", "worker", "client"] as const;

interface Measured extends Loop {
  /** CPU of each process for one piece of work, in milliseconds. */
  cpuMs: Record<string, number>;
}

/** Onboarding beside a bare workflow of its shape, turn by turn in one run; Temporal in memory, then with its file. */
export const bench: Bench = async () => {
  const result: BenchResult = { bench: "onboarding", figures: {}, baseline: {}, ratio: {}, wrong: [] };
  for (const persistence of ["memory", "file"] as const) {
    await using world = await createBenchWorld(persistence === "file");
    await using onboarding = await onboardingContender(world);
    await using bare = await bareContender(world);
    const suffix = persistence === "file" ? "_file" : "";
    const add = (to: Record<string, number>, figures: Record<string, number>) => {
      for (const [name, value] of Object.entries(figures)) to[`${name}${suffix}`] = value;
    };
    const { turns, wrong } = await takeTurns([onboarding, bare], amounts[persistence]);
    const [ours = {}, theirs = {}] = [
      { ...figuresOf(turns.map(([first]) => first)), ...(await stateOf(world, onboarding)) },
      { ...figuresOf(turns.map(([, second]) => second)), ...(await stateOf(world, bare)) },
    ];
    print(`Onboarding, Temporal ${persistence === "file" ? "with its file" : "in memory"}`, ours);
    print(`Bare workflow of ${shapeOf(benchPlan).join(" + ")} activities that do nothing`, theirs);
    add(result.figures, { ...ours, errors_count: wrong.length });
    add(result.baseline, theirs);
    const ratios = ratiosOf(turns, ours, theirs);
    print("Onboarding by bare workflow; CPU by rounds", ratios);
    add(result.ratio, ratios);
    result.wrong.push(...wrong);
  }
  return result;
};

interface Turn {
  alone: Measured;
  together: Measured;
}

/** Rounds of both in turn, the first of a round by turns: what the machine does meanwhile meets both alike. */
async function takeTurns(
  contenders: [Contender, Contender],
  { warmUp, rounds, alone, together }: Amounts,
): Promise<{ turns: [Turn, Turn][]; wrong: string[] }> {
  const wrong: string[] = [];
  const turns: [Turn, Turn][] = [];
  for (const contender of contenders) wrong.push(...(await measure(contender, warmUp, atOnce)).errors);
  for (let index = 0; index < rounds; index++) {
    const order = index % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
    const turn: Partial<Record<0 | 1, Turn>> = {};
    for (const which of order) {
      turn[which] = { alone: await measure(contenders[which], alone, 1), together: await measure(contenders[which], together, atOnce) };
      wrong.push(...turn[which].alone.errors, ...turn[which].together.errors);
    }
    if (turn[0] && turn[1]) turns.push([turn[0], turn[1]]);
  }
  return { turns, wrong };
}

async function measure(contender: Contender, count: number, lanes: number): Promise<Measured> {
  const ids = await contender.prepare(count);
  await sleep(settleMs);
  const before = cpuOf(contender.pids);
  const loop = await runLoop(ids, lanes, (id) => contender.work(id));
  await sleep(settleMs);
  const after = cpuOf(contender.pids);
  const cpuMs = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, (value - (before[name] ?? 0)) / count]));
  return { ...loop, cpuMs };
}

const partiesCpuMs = ({ cpuMs }: Measured) => cpuParties.reduce((sum, name) => sum + (cpuMs[name] ?? 0), 0);

function figuresOf(turns: Turn[]): Record<string, number> {
  return {
    ...named(loopFigures(turns.map(({ alone }) => alone)), "alone"),
    ...named(loopFigures(turns.map(({ together }) => together)), `at_${atOnce}`),
  };
}

/** Times of all rounds together; CPU as the median round. */
function loopFigures(rounds: Measured[]): Record<string, number> {
  const durations = rounds.flatMap(({ durationsMs }) => durationsMs);
  const seconds = rounds.reduce((sum, each) => sum + each.seconds, 0);
  const names = Object.keys(rounds[0]?.cpuMs ?? {});
  return {
    p50_ms: round(percentile(durations, 0.5)),
    p95_ms: round(percentile(durations, 0.95)),
    p99_ms: round(percentile(durations, 0.99)),
    per_second: round(durations.length / seconds, 2),
    cpu_temporal_worker_client_ms: round(median(rounds.map(partiesCpuMs))),
    ...Object.fromEntries(names.map((name) => [`cpu_${name}_ms`, round(median(rounds.map(({ cpuMs }) => cpuMs[name] ?? 0)))])),
  };
}

/** Figure by figure; of CPU the median of the rounds' own ratios, with the least and the most of them. */
function ratiosOf(turns: [Turn, Turn][], ours: Record<string, number>, theirs: Record<string, number>): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const [name, value] of Object.entries(theirs)) {
    if (value > 0 && ours[name] !== undefined) ratios[name] = round(ours[name] / value, 2);
  }
  for (const [prefix, loop] of [
    ["alone", "alone"],
    [`at_${atOnce}`, "together"],
  ] as const) {
    const each = turns.map(([onboarding, bare]) => partiesCpuMs(onboarding[loop]) / partiesCpuMs(bare[loop]));
    ratios[`${prefix}_cpu_temporal_worker_client_ms`] = round(median(each), 2);
    ratios[`${prefix}_cpu_least`] = round(Math.min(...each), 2);
    ratios[`${prefix}_cpu_most`] = round(Math.max(...each), 2);
  }
  return ratios;
}

async function stateOf(world: World, contender: Contender): Promise<Record<string, number>> {
  const memory = Object.entries(contender.pids).map(([name, pid]) => [
    `memory_${name}_mib`,
    round(memoryMibOf(pid, { children: name === "postgres" }), 0),
  ]);
  const { events } = await world.temporal.workflow.getHandle(await contender.lastWorkflowId()).fetchHistory();
  const tasks = events?.filter((event) => event.workflowTaskCompletedEventAttributes) ?? [];
  return { ...Object.fromEntries(memory), workflow_tasks_count: tasks.length, history_events_count: events?.length ?? 0 };
}

function named(figures: Record<string, number>, prefix: string): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}_${name}`, value]));
}

function print(title: string, figures: Record<string, number>): void {
  console.log(`\n${title}`);
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(44)} ${value}`);
}
