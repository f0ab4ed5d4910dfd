import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { chooseFreePorts } from "@leasehold/infra/local/ports";
import { loadSecrets } from "@leasehold/infra/local/provision/secrets";
import type { Stack } from "@leasehold/infra/local/stack";
import { appNames, stackEnv } from "@leasehold/infra/local/stack-env";
import { describe, expect, test } from "vitest";
import { createWorld } from "../support/world.ts";

/** The settings that a package's env.ts declares: the members of its schemas. */
function settingsOf(path: string): string[] {
  const text = readFileSync(join(repositoryRoot, path), "utf8");
  return [...text.matchAll(/^\s+([A-Z][A-Z0-9_]+):(?! ")/gm)].map((match) => String(match[1]));
}

const envFiles = globSync(
  ["{apps,packages}/*/src/env.ts", "{db,activities,workflows}/src/env.ts", "infra/local/src/env.ts", "tests/support/env.ts"],
  {
    cwd: repositoryRoot,
  },
);
const example = readFileSync(join(repositoryRoot, ".env.example"), "utf8");
const listed = [...example.matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].map((match) => String(match[1]));

describe(".env.example", () => {
  test("lists every setting of every env.ts once, and nothing else", () => {
    expect(envFiles.length).toBeGreaterThanOrEqual(6);
    expect([...listed].sort()).toEqual([...new Set(envFiles.flatMap(settingsOf))].sort());
  });

  test("says what each setting is for", () => {
    const paragraphs = example.split("\n\n").filter((paragraph) => /^[A-Z_]+=/m.test(paragraph));
    for (const paragraph of paragraphs) expect(paragraph, paragraph).toMatch(/^(#|APPLICATION_HOST|WORKER_TASK_QUEUE)/);
  });
});

describe("the settings that a process is given", () => {
  test.each(appNames)("%s gets what its env.ts asks for, and nothing of the others'", async (app) => {
    await using world = await createWorld();
    const own = new Set([...settingsOf(`apps/${app}/src/env.ts`), "PORT"]);
    expect(Object.keys(stackEnv(world.stack, app)).filter((name) => !own.has(name))).toEqual([]);
  });

  test("no private key, owner's login or other plane's role reaches the application plane", async () => {
    await using world = await createWorld();
    const given = JSON.stringify(stackEnv(world.stack, "application"));
    const { secrets } = world.stack satisfies Stack;
    for (const secret of [
      secrets.portalTokenKey.d,
      secrets.workerTokenKey.d,
      secrets.mailKey.d,
      secrets.databasePasswords.leasehold_owner,
      secrets.databasePasswords.worker,
    ]) {
      expect(given).not.toContain(String(secret));
    }
  });

  test("secrets are made once", async () => {
    await using world = await createWorld();
    expect(await loadSecrets(world.stack.dataDir)).toEqual(world.stack.secrets);
    expect(new Set(Object.values(await chooseFreePorts())).size).toBe(10);
  });
});
