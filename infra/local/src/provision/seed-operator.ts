import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { inheritedEnv } from "../env.ts";
import { LocalError } from "../local-error.ts";
import { repositoryRoot } from "../paths.ts";
import type { Stack } from "../stack.ts";
import { seedEnv } from "../stack-env.ts";
import { pathsIn, readJson, writeJson } from "../supervision/files.ts";

/** Gives the console its first operator, by the console's own command; once per run of the servers. */
export async function seedOperator(stack: Stack): Promise<void> {
  const mark = join(pathsIn(stack.dataDir).run, "seeded.json");
  const done = { instance: stack.instance, migrations: stack.migrations };
  if (JSON.stringify(readJson(mark)) === JSON.stringify(done)) return;
  const folder = join(repositoryRoot, "apps/console");
  try {
    await promisify(execFile)(process.execPath, ["src/seed-operator.ts"], { cwd: folder, env: { ...inheritedEnv(), ...seedEnv(stack) } });
  } catch (error) {
    const output = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new LocalError(
      "SERVER_DIED",
      `The console's operator could not be made:\n${output.split("\n").slice(-8).join("\n")}`,
      "Correct what it says, then start again.",
    );
  }
  writeJson(mark, done);
}
