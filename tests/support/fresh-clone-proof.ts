import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { makeClone } from "./fresh-clone/clone.ts";
import { proveOneApp, proveResetRefuses, proveTest, readMemory } from "./fresh-clone/prove-commands.ts";
import { runDev } from "./fresh-clone/run-dev.ts";
import { assertStillThere, confirmSignUp, signInOperator, signUp } from "./fresh-clone/use-apps.ts";

/*
 * Clones the committed state into an empty folder, with empty caches of its own, and does there what a reader does:
 *
 *   node tests/support/fresh-clone-proof.ts [--warm] [--only-dev] [--port-offset 2300]
 *
 * --warm keeps the machine's package caches, --only-dev leaves out `pnpm test`. Fails on the first thing that is not so. Times and
 * memory are reported beside what they are to be, and fail nothing: they are the machine's as well.
 */
const { values } = parseArgs({
  options: {
    warm: { type: "boolean", default: false },
    "only-dev": { type: "boolean", default: false },
    "port-offset": { type: "string", default: "2300" },
  },
});
const clone = makeClone({ warm: values.warm, portOffset: Number(values["port-offset"]) });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void clone.end());
const figures: string[] = [];
const say = (text: string) => console.log(`✓ ${text}`);

function report(what: string, value: number, most: number, unit: string): void {
  figures.push(`${what} ${value.toFixed(1)} ${unit} (${value <= most ? "met" : "missed"}: at most ${most} ${unit})`);
}

try {
  const first = await runDev(clone);
  if (values.warm) report("first dev", first.tookMs / 1_000, 180, "s");
  else figures.push(`first dev with empty caches ${(first.tookMs / 1_000).toFixed(1)} s`);
  say("first dev: every address in its block answers");
  await signInOperator(first);
  say("the operator's printed sign-in works");
  const stored = await signUp(first);
  await assertStillThere(first, stored);
  say("a sign-up is stored, and its mail is in the inbox");
  await first.interrupt();
  say("Ctrl-C leaves no process and no port");

  const second = await runDev(clone);
  report("a later dev", second.tookMs / 1_000, 15, "s");
  await assertStillThere(second, stored);
  report("memory", await readMemory(clone), 4, "GiB");
  await confirmSignUp(second, stored);
  say("second dev: the sign-up is still there, and the link of its mail opens it");
  await second.interrupt();
  say("Ctrl-C leaves no process and no port");

  const third = await runDev(clone);
  await third.kill();
  say("kill -9 of dev leaves no process and no port after 30 seconds");

  await proveOneApp(clone);
  say("turbo dev for one app answers, and leaves nothing");
  await proveResetRefuses(clone);
  say("reset without a terminal deletes nothing");
  if (!values["only-dev"]) say(`test: ${await proveTest(clone)}`);
  console.log(`Proved. ${figures.join("; ")}.`);
} finally {
  await clone.end();
  rmSync(clone.root, { recursive: true, force: true });
}
