import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { withConnection } from "@leasehold/db/client";
import { inheritedEnv } from "@leasehold/infra/local/env";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AppProcess, startApp } from "../support/app-process.ts";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";
import { applyBlock, copyTree, readBlocks } from "../support/apply-guide.ts";
import { inspectWith } from "../support/catalogue/inspect-catalogue.ts";
import { catalogueQueries } from "../support/catalogue/queries.ts";

const run = promisify(execFile);
const tree = copyTree();
let app: ApplicationWorld;
let product: AppProcess;
let [ours, theirs] = [] as unknown as [ApplicationTenant, ApplicationTenant];

beforeAll(async () => {
  const blocks = readBlocks(readFileSync(join(repositoryRoot, "docs/guide/your-product.md"), "utf8"));
  expect(blocks.length).toBeGreaterThan(15);
  for (const block of blocks) applyBlock(tree.root, block);
  app = await createApplicationWorld();
  await app.process.stop();
  const migrate = `import { migrate } from "@leasehold/db/migrate"; console.log(await migrate(process.argv[1], "application"));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", migrate, app.world.ownerUrl("application")], {
    cwd: join(tree.root, "apps/worker"),
    env: inheritedEnv(),
  });
  expect(stdout).toContain("product/0001_tickets.sql");
  product = await startApp(app.world.stack, "application", { TOKEN_ISSUERS: JSON.stringify(app.issuers) }, tree.root);
  [ours, theirs] = [await app.createTenant(), await app.createTenant()];
}, 180_000);
afterAll(async () => {
  await product?.stop();
  await app?.[Symbol.asyncDispose]();
  tree[Symbol.dispose]();
});

async function call(tenant: ApplicationTenant, method: string, path: string, body?: object, key = crypto.randomUUID()) {
  const token = await app.world.tokenFor({ ...tenant, userId: "usr_01M7YFQYAKN8CBGGZP9Y8C479N", roles: ["member"] });
  const response = await fetch(`${product.url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "idempotency-key": key, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

describe("the product that the guide builds", () => {
  test("has no type error", async () => {
    const program = join(repositoryRoot, "node_modules/typescript-native/bin/tsc");
    await expect(run(process.execPath, [program, "--noEmit"], { cwd: tree.root })).resolves.toMatchObject({ stdout: "" });
  }, 240_000);

  test("stores what a person typed encrypted, once per idempotency key, with its audit row", async () => {
    const key = crypto.randomUUID();
    const opened = await call(ours, "POST", "/tickets", { subject: "The printer is on fire" }, key);
    expect(opened.status).toBe(201);
    expect(await call(ours, "POST", "/tickets", { subject: "The printer is on fire" }, key)).toEqual(opened);
    const { ticketId } = opened.body;
    expect(await call(ours, "GET", "/tickets")).toMatchObject({
      status: 200,
      body: { tickets: [{ ticketId, subject: "The printer is on fire", state: "OPEN" }] },
    });
    const rows = await app.query<{ subject_cipher: Buffer }>("select * from app.tickets where tenant_id = $1", [ours.tenantId]);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.subject_cipher.toString("latin1")).not.toContain("printer");
    const audit = await app.query("select action from app.audit where target = $1", [ticketId]);
    expect(audit).toEqual([{ action: "ticket.opened" }]);
  });

  test("shows, changes and tells another tenant nothing", async () => {
    const { ticketId } = (await call(ours, "POST", "/tickets", { subject: "Mine" })).body;
    expect((await call(theirs, "GET", "/tickets")).body).toEqual({ tickets: [] });
    const foreign = await call(theirs, "DELETE", `/tickets/${ticketId}`);
    const missing = await call(theirs, "DELETE", "/tickets/tkt_01M7YFQYAKN8CBGGZP9Y8C479N");
    expect(foreign.status).toBe(404);
    const same = { requestId: "", instance: "" };
    expect({ ...foreign.body, ...same }).toEqual({ ...missing.body, ...same });
    expect(await app.query("select state from app.tickets where ticket_id = $1", [ticketId])).toEqual([{ state: "OPEN" }]);
    expect((await call(ours, "DELETE", `/tickets/${ticketId}`)).status).toBe(204);
    expect(await app.query("select state from app.tickets where ticket_id = $1", [ticketId])).toEqual([{ state: "CLOSED" }]);
  });

  test("is in the interface's document, and its table keeps every rule of the catalogue", async () => {
    const document = await (await fetch(`${product.url}/openapi.json`)).json();
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining([expect.stringMatching(/\/tickets$/)]));
    const found = await withConnection(app.world.ownerUrl("application"), (owner) => inspectWith(owner, "application"));
    expect(found).toEqual(Object.fromEntries(Object.keys(catalogueQueries).map((rule) => [rule, []])));
  });
});
