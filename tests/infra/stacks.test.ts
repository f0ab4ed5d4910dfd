import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { beforeAll, expect, test } from "vitest";
import { testEnv } from "../support/env.ts";

const run = promisify(execFile);
const linter = "cfn-lint==1.58.0";
const stacks = join(repositoryRoot, "infra/stacks");
const folder = join(testEnv().LEASEHOLD_CACHE_DIR ?? join(tmpdir(), "leasehold-test-tools"), linter.replace("==", "-"));
const program = join(folder, process.platform === "win32" ? "Scripts/cfn-lint.exe" : "bin/cfn-lint");

beforeAll(async () => {
  if (existsSync(program)) return;
  await run(testEnv().LEASEHOLD_PYTHON ?? "python3", ["-m", "venv", folder]);
  await run(join(folder, "bin/python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", linter]);
});

test.each(readdirSync(stacks).filter((name) => name.endsWith(".yaml")))("%s is what CloudFormation takes", async (name) => {
  const answer = await run(program, [join(stacks, name)]).catch((error: { stdout?: string }) => error);
  expect(answer.stdout).toBe("");
});

test("a template with a fault is refused", async () => {
  const fault = join(repositoryRoot, "tests/support/faults/broken-stack.yaml");
  await expect(run(program, [fault])).rejects.toThrow();
});
