import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { readEnv } from "@leasehold/application/env";
import { planes } from "@leasehold/db/roles";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { databaseUrl, stackEnv } from "@leasehold/infra/local/stack-env";
import { Connection } from "@temporalio/client";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type World } from "../support/world.ts";

const run = promisify(execFile);
let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

test("the application plane's settings name neither Temporal nor the control database, and it reads no others", () => {
  const settings = stackEnv(world.stack, "application");
  const { temporal, database, aws } = world.stack;
  const foreign = [temporal.address, database.names.control, aws.worker.accessKeyId, aws.worker.secretAccessKey, aws.root.secretAccessKey];
  for (const [name, value] of Object.entries(settings)) {
    expect(name).not.toMatch(/TEMPORAL|CONTROL|WORKER|OWNER/);
    for (const each of foreign) expect(value, name).not.toContain(each);
  }
  const given = { ...settings, ...stackEnv(world.stack, "worker"), ...stackEnv(world.stack, "portal"), ...settings };
  expect(Object.keys(readEnv(given)).filter((name) => /TEMPORAL|CONTROL|WORKER|OWNER|PORTAL|CONSOLE/.test(name))).toEqual([]);
});

test("its logins open neither the control database nor any other role's", async () => {
  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.end();
  };
  for (const plane of planes) {
    const opened = connect(databaseUrl(world.stack, plane, "app_tenant"));
    if (plane === "control") await expect(opened).rejects.toMatchObject({ code: "42501" });
    else await expect(opened).resolves.toBeUndefined();
  }
  for (const role of ["portal", "operator", "identity", "console_identity"] as const) {
    await expect(connect(databaseUrl(world.stack, "application", role))).rejects.toMatchObject({ code: "42501" });
    await expect(connect(databaseUrl(world.stack, "keyring", role))).rejects.toMatchObject({ code: "42501" });
  }
});

test("the development server of Temporal takes anybody who reaches it, as docs/security.md says: the network is what refuses", async () => {
  const connection = await Connection.connect({ address: world.stack.temporal.address });
  await connection.workflowService.getSystemInfo({});
  await connection.close();
});

const imports: [from: string, to: string, rule: string][] = [
  ["apps/application/src/a.ts", "@temporalio/client", "application-without-temporal"],
  ["packages/tenancy/src/a.ts", "@temporalio/client", "tenancy-without-temporal"],
  ["apps/application/src/a.ts", "../../../db/src/control/x.ts", "application"],
  ["apps/application/src/a.ts", "../../../workflows/src/x.ts", "application"],
  ["apps/application/src/a.ts", "../../../activities/src/x.ts", "application"],
  ["packages/tenancy/src/a.ts", "../../../db/src/control/x.ts", "tenancy"],
  ["apps/application/src/a.ts", "@cloud-copilot/iam-simulate", "simulator-in-tests-only"],
  ["packages/tenancy/src/a.ts", "@cloud-copilot/iam-simulate", "simulator-in-tests-only"],
  ["infra/local/src/a.ts", "@cloud-copilot/iam-simulate", "simulator-in-tests-only"],
];

test("imports that would lead there are refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leasehold-imports-"));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  try {
    write("package.json", "{}");
    write("tsconfig.json", "{}");
    for (const name of ["@temporalio/client", "@cloud-copilot/iam-simulate"]) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: "index.js" }));
      write(`node_modules/${name}/index.js`, "exports.x = 1;");
    }
    for (const path of ["db/src/control/x.ts", "workflows/src/x.ts", "activities/src/x.ts"]) write(path, "export const x = 1;");
    for (const from of new Set(imports.map(([each]) => each))) {
      const lines = imports.filter(([each]) => each === from).map(([, to], index) => `export { x as x${index} } from "${to}";`);
      write(from, lines.join("\n"));
    }
    const program = join(repositoryRoot, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
    const options = ["--config", join(repositoryRoot, ".dependency-cruiser.cjs"), "--output-type", "json"];
    const answer = await run(process.execPath, [program, ...options, "apps", "packages", "db", "workflows", "activities", "infra"], {
      cwd: folder,
      maxBuffer: 1e8,
    }).catch((error: { stdout: string }) => error);
    const { summary } = JSON.parse(answer.stdout) as { summary: { violations: { from: string; to: string; rule: { name: string } }[] } };
    const found = summary.violations.map(({ from, to, rule }) => `${from} ${to} ${rule.name}`);
    for (const [from, to, rule] of imports) {
      const target = to.startsWith(".") ? to.replace(/^(\.\.\/)+/, "") : `node_modules/${to}/index.js`;
      expect(found).toContain(`${from} ${target} ${rule}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
