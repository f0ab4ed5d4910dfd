import type { World } from "../support/world.ts";
import type { Bench, BenchResult } from "./bench.ts";
import { memoryMibOf, percentile, round, runLoop } from "./measure.ts";
import { bareContender, benchPlan, type Contender, cpuOf, createBenchWorld, onboardingContender, shapeOf } from "./onboarding-parties.ts";

interface Amounts {
  warmUp: number;
  alone: number;
  together: number;
}

const atOnce = 20;
const amounts = { memory: { warmUp: 150, alone: 120, together: 400 }, file: { warmUp: 40, alone: 40, together: 100 } } satisfies Record<
  string,
  Amounts
>;
const cpuParties = ["temporal", "worker", "client"] as const;

interface Measured {
  figures: Record<string, number>;
  wrong: string[];
}

/** Onboarding beside a bare workflow of its shape; Temporal in memory, then with its file. */
export const bench: Bench = async () => {
  const result: BenchResult = { bench: "onboarding", figures: {}, baseline: {}, ratio: {}, wrong: [] };
  for (const persistence of ["memory", "file"] as const) {
    await using world = await createBenchWorld(persistence === "file");
    const suffix = persistence === "file" ? "_file" : "";
    const onboarding = await measureOf(world, onboardingContender, amounts[persistence]);
    const bare = await measureOf(world, bareContender, amounts[persistence]);
    print(`Onboarding, Temporal ${persistence === "file" ? "with its file" : "in memory"}`, onboarding.figures);
    print(`Bare workflow of ${shapeOf(benchPlan).join(" + ")} activities that do nothing`, bare.figures);
    for (const [name, value] of Object.entries(onboarding.figures)) result.figures[`${name}${suffix}`] = value;
    for (const [name, value] of Object.entries(bare.figures)) {
      result.baseline[`${name}${suffix}`] = value;
      const ours = onboarding.figures[name];
      if (ours !== undefined && value > 0) result.ratio[`${name}${suffix}`] = round(ours / value, 2);
    }
    result.wrong.push(...onboarding.wrong, ...bare.wrong);
  }
  return result;
};

async function measureOf(
  world: World,
  create: (world: World) => Promise<Contender>,
  { warmUp, alone, together }: Amounts,
): Promise<Measured> {
  await using contender = await create(world);
  const ids = await contender.prepare(warmUp + alone + together);
  const warm = await runLoop(ids.slice(0, warmUp), atOnce, (id) => contender.work(id));
  const one = await measureLoop(contender, ids.slice(warmUp, warmUp + alone), 1);
  const many = await measureLoop(contender, ids.slice(warmUp + alone), atOnce);
  const wrong = [...warm.errors, ...one.wrong, ...many.wrong];
  const memory = Object.entries(contender.pids).map(([name, pid]) => [
    `memory_${name}_mib`,
    round(memoryMibOf(pid, { children: name === "postgres" }), 0),
  ]);
  const history = await historyOf(world, await contender.workflowIdOf(ids.at(-1) ?? ""));
  const figures = {
    ...named(one.figures, "alone"),
    ...named(many.figures, `at_${atOnce}`),
    ...history,
    ...Object.fromEntries(memory),
    errors_count: wrong.length,
  };
  return { figures, wrong };
}

async function measureLoop(contender: Contender, ids: string[], lanes: number): Promise<Measured> {
  const before = cpuOf(contender.pids);
  const loop = await runLoop(ids, lanes, (id) => contender.work(id));
  const after = cpuOf(contender.pids);
  const perItem = (name: string) => ((after[name] ?? 0) - (before[name] ?? 0)) / ids.length;
  const cpu = Object.keys(contender.pids).map((name) => [`cpu_${name}_ms`, round(perItem(name))]);
  const figures: Record<string, number> = {
    p50_ms: round(percentile(loop.durationsMs, 0.5)),
    p95_ms: round(percentile(loop.durationsMs, 0.95)),
    p99_ms: round(percentile(loop.durationsMs, 0.99)),
    per_second: round(loop.durationsMs.length / loop.seconds, 2),
    cpu_temporal_worker_client_ms: round(cpuParties.reduce((sum, name) => sum + perItem(name), 0)),
    ...Object.fromEntries(cpu),
  };
  return { figures, wrong: loop.errors };
}

async function historyOf(world: World, workflowId: string): Promise<Record<string, number>> {
  const { events } = await world.temporal.workflow.getHandle(workflowId).fetchHistory();
  const tasks = events?.filter((event) => event.workflowTaskCompletedEventAttributes) ?? [];
  return { workflow_tasks_count: tasks.length, history_events_count: events?.length ?? 0 };
}

function named(figures: Record<string, number>, prefix: string): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}_${name}`, value]));
}

function print(title: string, figures: Record<string, number>): void {
  console.log(`\n${title}`);
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(44)} ${value}`);
}
