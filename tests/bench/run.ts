import { availableParallelism, loadavg } from "node:os";
import type { Bench } from "./bench.ts";
import { judgeGoals } from "./goals.ts";
import { round } from "./measure.ts";

// `pnpm bench [name …] [--option=value …]`: each prints its figures, and one line of JSON at its end.
const benches: Record<string, () => Promise<{ bench: Bench }>> = {
  audit: () => import("./audit.ts"),
  onboarding: () => import("./onboarding.ts"),
  request: () => import("./request.ts"),
  credentials: () => import("./credentials.ts"),
  fairness: () => import("./fairness.ts"),
  "epoch-turn": () => import("./epoch-turn.ts"),
  export: () => import("./export.ts"),
  offboarding: () => import("./offboarding.ts"),
};

const asked = process.argv.slice(2);
const apart = asked.findIndex((argument, at) => argument.startsWith("--") && !argument.includes("=") && /^\d/.test(asked[at + 1] ?? ""));
if (apart >= 0) {
  console.error(`An option and its value are one word: ${asked[apart]}=${asked[apart + 1]}.`);
  process.exit(2);
}
const names = asked.filter((argument) => !argument.startsWith("--"));
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(", ")}. There are: ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}
for (const name of names.length > 0 ? names : Object.keys(benches)) {
  const { bench } = (await benches[name]?.()) ?? {};
  if (bench === undefined) continue;
  const loadBefore = round(loadavg()[0] ?? 0, 2);
  const { wrong, ...result } = await bench();
  const { lines, missed } = judgeGoals({ ...result, wrong });
  for (const line of lines) console.log(line);
  for (const each of wrong.slice(0, 10)) console.error(`wrong: ${each}`);
  if (wrong.length > 0) process.exitCode = 1;
  const machine = { cores: availableParallelism(), load_before: loadBefore, load_after: round(loadavg()[0] ?? 0, 2) };
  const figures = { ...result.figures, ...(lines.length > 0 ? { goals_missed_count: missed } : {}) };
  console.log(JSON.stringify({ ...result, figures, machine }));
}
