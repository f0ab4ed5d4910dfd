import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { inheritedEnv } from "@leasehold/infra/local/env";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { withLock } from "@leasehold/infra/local/processes/lock";

/** The production build of an app with pages: once per run of the tests, from turbo's cache when nothing changed. */
export async function buildApp(dataDir: string, name: "portal" | "console"): Promise<void> {
  const done = join(dataDir, "run", `built-${name}`);
  await withLock(join(repositoryRoot, "node_modules/.cache/leasehold/build.lock"), async () => {
    if (existsSync(done)) return;
    const args = ["run", "build", `--filter=@leasehold/${name}`, "--output-logs=errors-only"];
    const env = { ...inheritedEnv(), NODE_ENV: "production" as const };
    await promisify(execFile)(join(repositoryRoot, "node_modules/.bin/turbo"), args, {
      cwd: repositoryRoot,
      env,
      maxBuffer: 64 * 1024 ** 2,
    }).catch((error: { stdout?: string; stderr?: string }) => {
      throw new Error(`the build of ${name} failed:\n${error.stdout}\n${error.stderr}`);
    });
    writeFileSync(done, "");
  });
}
