import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { wholeEnv } from "@leasehold/infra/local/env";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { isAlive, type ProcessRef, refOf } from "@leasehold/infra/local/processes/process-ref";
import { waitForExit } from "@leasehold/infra/local/processes/stop-process";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { sharedStack } from "../support/servers.ts";

let dataDir: string;
const processes: ChildProcess[] = [];
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leasehold-with-env-"));
});
afterAll(async () => {
  for (const child of processes) child.kill("SIGKILL");
  await rm(dataDir, { recursive: true, force: true });
});

function start(command: string, args: string[], env?: NodeJS.ProcessEnv): ProcessRef {
  const child = spawn(command, args, { stdio: "ignore", env });
  processes.push(child);
  const ref = refOf(child.pid ?? 0);
  if (ref === undefined) throw new Error(`${command} did not start`);
  return ref;
}

const startWithEnv = (app: string, command: string[], startedBy: ProcessRef) =>
  start(process.execPath, [join(repositoryRoot, "infra/local/src/with-env.ts"), app, "--", ...command], {
    ...wholeEnv({ coming: true, startedBy }),
    LEASEHOLD_DATA_DIR: dataDir,
  });

// No supervisor knows of them yet: `pnpm dev` starts the apps while it brings the servers up.
test("an app that waits for the servers, or runs ahead of them, ends when `pnpm dev` is killed", async () => {
  const dev = start("sleep", ["600"]);
  const waiting = startWithEnv("worker", ["true"], dev);
  await writeFile(join(dataDir, "state.json"), JSON.stringify(sharedStack()));
  const said = join(dataDir, "pid");
  const ahead = startWithEnv("portal", ["sh", "-c", `echo $$ > '${said}'; exec sleep 600`], dev);
  const pid = await vi.waitFor(async () => Number.parseInt(await readFile(said, "utf8"), 10), { timeout: 30_000, interval: 100 });
  const page = refOf(pid) as ProcessRef;
  expect([waiting, ahead, page].filter(isAlive)).toHaveLength(3);
  process.kill(dev.pid, "SIGKILL");
  for (const each of [waiting, ahead, page]) expect(await waitForExit(each, 15_000)).toBe(true);
});

test("the turbo that somebody started is found in a folder with spaces too: the servers end with it", async () => {
  const folder = join(dataDir, "a folder");
  await mkdir(folder);
  await symlink("/bin/sh", join(folder, "turbo"));
  const module = join(repositoryRoot, "infra/local/src/find-owner.ts");
  const script = `import(${JSON.stringify(module)}).then(({ findTurbo }) => console.log(findTurbo()?.pid))`;
  const turbo = spawn(join(folder, "turbo"), ["-c", '"$1" -e "$2"; exit 0', "turbo", process.execPath, script]);
  processes.push(turbo);
  const said = await new Response(Readable.toWeb(turbo.stdout) as ReadableStream).text();
  expect(said.trim()).toBe(String(turbo.pid));
});
