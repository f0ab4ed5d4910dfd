import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { inheritedEnv } from "../env.ts";
import { LocalError } from "../local-error.ts";
import { repositoryRoot } from "../paths.ts";
import type { Stack } from "../stack.ts";
import { seedEnv } from "../stack-env.ts";
import { pathsIn, readJson, writeJson } from "../supervision/files.ts";

/** Gives the console two operators, by the console's own command, so that one can approve what the other asks for; once per run of the servers. */
export async function seedOperators(stack: Stack): Promise<void> {
  const mark = join(pathsIn(stack.dataDir).run, "seeded.json");
  const { operator, secondOperator } = stack.secrets;
  const done = { instance: stack.instance, migrations: stack.migrations, operators: [operator.email, secondOperator.email] };
  if (JSON.stringify(readJson(mark)) === JSON.stringify(done)) return;
  const folder = join(repositoryRoot, "apps/console");
  try {
    for (const signIn of [operator, secondOperator]) {
      const env = { ...inheritedEnv(), ...seedEnv(stack, signIn) };
      await promisify(execFile)(process.execPath, ["src/seed-operator.ts"], { cwd: folder, env });
    }
  } catch (error) {
    const output = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new LocalError(
      "SERVER_DIED",
      `The console's operators could not be made:\n${output.split("\n").slice(-8).join("\n")}`,
      "Correct what it says, then start again.",
    );
  }
  writeJson(mark, done);
}
