import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CloudFormationClient, ListStacksCommand } from "@aws-sdk/client-cloudformation";
import { IAMClient, ListUsersCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import { ListBucketsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { readEnv } from "@leasehold/application/env";
import { withConnection } from "@leasehold/db/client";
import { connectRoles, planes, processRoles } from "@leasehold/db/roles";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { type AppName, stackEnv } from "@leasehold/infra/local/stack-env";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRights } from "../support/catalogue/read-rights.ts";
import { rights } from "../support/catalogue/rights.ts";
import { createWorld, type World } from "../support/world.ts";

// Each process with the rights of its own work, and shown unable to do the others'.
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const attempt = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: string; name?: string }) => error.code ?? error.name ?? "refused",
  );

describe("database roles", () => {
  test.each(planes)("connect to the %s database only where they have work", async (plane) => {
    for (const role of processRoles) {
      const outcome = await attempt(withConnection(world.urlOf(plane, role), (client) => client.query("select 1")));
      expect(outcome, role).toBe(connectRoles[plane].includes(role) ? "done" : "42501");
    }
  });

  test.each(planes)("have the rights in the %s database that are written down, and no other", async (plane) => {
    const now = await withConnection(world.ownerUrl(plane), readRights);
    const known = Object.fromEntries(Object.keys(now).map((table) => [table, rights[table]]));
    expect(now, "Write the change into tests/support/catalogue/rights.ts: who may do what with the table.").toEqual(known);
  });

  test.each([
    ["portal", "control", ["control.begin_step(text, text, text, integer, integer, integer)", "control.seal_audit(text, integer)"]],
    ["operator", "control", ["control.begin_step(text, text, text, integer, integer, integer)", "control.begin_undo(text, text, text)"]],
    ["app_tenant", "application", ["app.administer(text)", "app.seal_audit(text, integer)", "app.erase_audit_details(text, text)"]],
    [
      "worker",
      "application",
      [
        "app.take_slice(text, text, jsonb, integer, integer, date)",
        "app.find_api_key(text, text)",
        "app.find_key(text, text)",
        "app.read_key(text, text)",
      ],
    ],
  ] as const)("%s runs no function of another process's", async (role, plane, functions) => {
    await withConnection(world.urlOf(plane, role), async (client) => {
      for (const name of functions) {
        const { rows } = await client.query<{ may: boolean }>("select has_function_privilege($1, 'EXECUTE') as may", [name]);
        expect(rows[0]?.may, name).toBe(false);
      }
    });
  });
});

describe("imports", () => {
  const planted: Record<string, string> = {
    "apps/application/src/control.ts": 'import "../../../db/src/control/with-control.ts";',
    "apps/application/src/owner.ts": 'import "../../../db/src/bootstrap.ts";',
    "apps/application/src/temporal.ts": 'import "@temporalio/client";',
    "apps/application/src/worker.ts": 'import "../../worker/src/main.ts";',
    "apps/portal/src/temporal.ts": 'import "@temporalio/client";',
    "apps/portal/src/aws.ts": 'import "@aws-sdk/client-s3";',
    "apps/portal/src/tenants.ts": 'import "../../../db/src/application/with-tenant.ts";',
    "apps/portal/src/keys.ts": 'import "../../../db/src/keyring/with-keyring.ts";',
    "apps/portal/src/application.ts": 'import "../../application/src/server.ts";',
    "apps/console/src/temporal.ts": 'import "@temporalio/client";',
    "apps/console/src/aws.ts": 'import "@aws-sdk/client-kms";',
    "apps/console/src/tenants.ts": 'import "../../../db/src/application/with-tenant.ts";',
    "packages/tenancy/src/control.ts": 'import "../../../db/src/control/with-control.ts";',
    "workflows/src/database.ts": 'import "../../db/src/control/with-control.ts";',
  };
  const allowed: Record<string, string> = { "apps/application/src/allowed.ts": 'import "../../../db/src/application/with-tenant.ts";' };
  const targets = [
    "db/src/control/with-control.ts",
    "db/src/bootstrap.ts",
    "db/src/application/with-tenant.ts",
    "db/src/keyring/with-keyring.ts",
    "apps/worker/src/main.ts",
    "apps/application/src/server.ts",
  ];

  test("of what a process must not reach are refused, one by one", async () => {
    const root = mkdtempSync(join(tmpdir(), "planted-"));
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    for (const target of targets) write(target, "export {};");
    for (const [path, text] of Object.entries({ ...planted, ...allowed })) write(path, text);
    for (const name of ["@temporalio/client", "@aws-sdk/client-s3", "@aws-sdk/client-kms"]) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
      write(`node_modules/${name}/index.js`, "");
    }
    write("package.json", "{}");
    write("tsconfig.json", readFileSync(join(repositoryRoot, "tsconfig.json"), "utf8"));
    const program = join(repositoryRoot, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
    const config = join(repositoryRoot, ".dependency-cruiser.cjs");
    const args = [program, "--config", config, "--output-type", "json", "apps", "packages", "workflows", "db"];
    const output = await new Promise<string>((resolve) =>
      execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 }, (_, stdout) => resolve(stdout)),
    );
    rmSync(root, { recursive: true });
    const { summary } = JSON.parse(output) as { summary: { violations: { from: string }[] } };
    const refused = new Set(summary.violations.map(({ from }) => from));
    expect(Object.keys(planted).filter((path) => !refused.has(path))).toEqual([]);
    expect(Object.keys(allowed).filter((path) => refused.has(path))).toEqual([]);
  });
});

describe("settings", () => {
  const foreign: Record<Exclude<AppName, "worker">, RegExp> = {
    application: /TEMPORAL|CONTROL|OWNER|IDENTITY|HMAC|PRIVATE|AUTH_SECRET|SEED|MAIL_|PORTAL_|CONSOLE_|WORKER_/,
    portal: /TEMPORAL|AWS|OWNER|KEYRING|CONSOLE|WORKER|SEED|APPLICATION_DATABASE|MAIL_PRIVATE/,
    console: /TEMPORAL_ADDRESS|TEMPORAL_API_KEY|AWS|OWNER|KEYRING|WORKER|SEED|APPLICATION|MAIL_PRIVATE|PORTAL_(?!URL)/,
  };

  test.each(["application", "portal", "console"] as const)("of %s name nothing of what it must not reach", (app) => {
    const { stack } = world;
    const env = stackEnv(stack, app);
    expect(Object.keys(env).filter((name) => foreign[app].test(name))).toEqual([]);
    const text = JSON.stringify(env);
    const { names, ownerUrl } = stack.database;
    const secrets: Record<string, string> = {
      owner: new URL(ownerUrl).password,
      temporal: stack.temporal.address,
      worker: stack.aws.worker.secretAccessKey,
      mail: JSON.stringify(stack.secrets.mailKey.d),
      control: app === "application" ? names.control : names.keyring,
    };
    for (const [what, value] of Object.entries(secrets)) expect(text, what).not.toContain(value);
  });

  test("of Temporal and the control database are none that the application plane reads", () => {
    const env = readEnv({
      ...stackEnv(world.stack, "application"),
      TEMPORAL_ADDRESS: "127.0.0.1:7233",
      WORKER_CONTROL_DATABASE_URL: "postgres://x",
      PORTAL_DATABASE_URL: "postgres://x",
    });
    expect(Object.keys(env).filter((name) => /TEMPORAL|CONTROL|PORTAL/.test(name))).toEqual([]);
  });

  test("in a running application plane are its own", async () => {
    await using application = await world.start("application");
    const names = readFileSync(`/proc/${application.pid}/environ`, "utf8")
      .split("\0")
      .map((line) => line.split("=")[0] ?? "");
    expect(names).toContain("APPLICATION_DATABASE_URL");
    expect(names.filter((name) => foreign.application.test(name))).toEqual([]);
    expect(names.filter((name) => name.endsWith("DATABASE_URL")).toSorted()).toEqual([
      "APPLICATION_DATABASE_URL",
      "APPLICATION_KEYRING_DATABASE_URL",
    ]);
  });
});

test("the application plane's own credentials do nothing but assume the tenants' role", async () => {
  const config = world.aws("application");
  const [s3, kms] = [new S3Client(config), new KMSClient(config)];
  const Bucket = world.stack.aws.poolBucket;
  const attacks: Record<string, () => Promise<unknown>> = {
    "list buckets": () => s3.send(new ListBucketsCommand({})),
    "list the pool's objects": () => s3.send(new ListObjectsV2Command({ Bucket })),
    "write an object": () => s3.send(new PutObjectCommand({ Bucket, Key: "tenants/x", Body: "x" })),
    "list keys": () => kms.send(new ListKeysCommand({})),
    "make a key": () => kms.send(new CreateKeyCommand({})),
    "list users": () => new IAMClient(config).send(new ListUsersCommand({})),
    "list queues": () => new SQSClient(config).send(new ListQueuesCommand({})),
    "list stacks": () => new CloudFormationClient(config).send(new ListStacksCommand({})),
  };
  for (const [what, work] of Object.entries(attacks)) {
    const outcome = await work().then(
      () => "done",
      (error: Error) => error.name,
    );
    expect(outcome, what).toMatch(/^AccessDenied/);
  }
});
