import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { withConnection } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { inheritedEnv } from "@leasehold/infra/local/env";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { workerIssuer } from "@leasehold/tenancy/token/claims";
import { signTenantToken } from "@leasehold/tenancy/token/sign-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AppProcess, startApp } from "../support/app-process.ts";
import { type ApplicationTenant, type ApplicationWorld, clientOf, createApplicationWorld } from "../support/application-world.ts";
import { applyBlock, copyTree, readBlocks } from "../support/apply-guide.ts";
import { inspectWith } from "../support/catalogue/inspect-catalogue.ts";
import { catalogueQueries } from "../support/catalogue/queries.ts";

const run = promisify(execFile);
const person = "usr_01M7YFQYAKN8CBGGZP9Y8C479N";
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
  expect(await runInWorker(migrate, app.world.ownerUrl("application"))).toContain("product/0001_tickets.sql");
  product = await startApp(app.world.stack, "application", { TOKEN_ISSUERS: JSON.stringify(app.issuers) }, tree.root);
  [ours, theirs] = [await app.createTenant(), await app.createTenant()];
}, 180_000);
afterAll(async () => {
  await product?.stop();
  await app?.[Symbol.asyncDispose]();
  tree[Symbol.dispose]();
});

/** Runs code of the tree that the guide has built, with the worker's packages. @returns what it prints */
async function runInWorker(code: string, ...args: string[]): Promise<string> {
  const options = { cwd: join(tree.root, "apps/worker"), env: inheritedEnv() };
  return (await run(process.execPath, ["--input-type=module", "-e", code, ...args], options)).stdout;
}

/** What names a person before and after an erasure of theirs, and a tenant's rows as its closing counts them before and after it has emptied the stores. */
const closing = `
  import { countApplicationTraces, eraseApplicationTraces } from "@leasehold/db/application/erasure/author-rows";
  import { createPool } from "@leasehold/db/client";
  import { storesOf } from "@leasehold/domain/offboarding/stores";
  import { createStores } from "@leasehold/activities/offboarding/stores/create-stores";
  const [worker, auditor, text] = process.argv.slice(1);
  const pools = [createPool(worker), createPool(auditor)];
  const stores = createStores({ application: pools[0], auditor: { application: pools[1] }, retention: { anchorDays: 1, logDays: 1 } });
  const ref = { ...JSON.parse(text), signal: AbortSignal.timeout(60_000) };
  const names = storesOf("delete-rows").map(({ store }) => store).filter((store) => store.startsWith("app."));
  const count = async () => Object.fromEntries(await Promise.all(names.map(async (name) => [name, await stores[name].count(ref)])));
  const authored = async () => (await countApplicationTraces(pools[0], ref.tenantId, ref.userId)).authorship;
  const made = await authored();
  await eraseApplicationTraces(pools[0], ref.tenantId, ref.userId);
  const people = [made, await authored()];
  const before = await count();
  for (const name of names) await stores[name].erase?.(ref);
  console.log(JSON.stringify({ people, before, after: await count() }));
  await Promise.all(pools.map((pool) => pool.end()));`;

async function call(tenant: ApplicationTenant, method: string, path: string, body?: object, key = crypto.randomUUID()) {
  const token = await app.world.tokenFor({ ...tenant, userId: person, roles: ["member"] });
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
    await expect(run(process.execPath, [program, "--noEmit", "--incremental", "false"], { cwd: tree.root })).resolves.toMatchObject({
      stdout: "",
    });
  }, 240_000);

  test("stores what a person typed encrypted, once per idempotency key, with its audit row", async () => {
    const key = crypto.randomUUID();
    const opened = await call(ours, "POST", "/tickets", { subject: "The printer is on fire" }, key);
    expect(opened.status).toBe(201);
    expect(await call(ours, "POST", "/tickets", { subject: "The printer is on fire" }, key)).toEqual(opened);
    const { ticketId } = opened.body;
    expect(await call(ours, "GET", "/tickets")).toMatchObject({
      status: 200,
      body: { tickets: [{ ticketId, subject: "The printer is on fire", state: "OPEN" }], nextCursor: null },
    });
    const rows = await app.query<{ subject_cipher: Buffer }>("select * from app.tickets where tenant_id = $1", [ours.tenantId]);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.subject_cipher.toString("latin1")).not.toContain("printer");
    const audit = await app.query("select action from app.audit where target = $1", [ticketId]);
    expect(audit).toEqual([{ action: "ticket.opened" }]);
  });

  test("shows, changes and tells another tenant nothing", async () => {
    const { ticketId } = (await call(ours, "POST", "/tickets", { subject: "Mine" })).body;
    expect((await call(theirs, "GET", "/tickets")).body).toEqual({ tickets: [], nextCursor: null });
    const foreign = await call(theirs, "DELETE", `/tickets/${ticketId}`);
    const missing = await call(theirs, "DELETE", "/tickets/tkt_01M7YFQYAKN8CBGGZP9Y8C479N");
    expect(foreign.status).toBe(404);
    const same = { requestId: "", instance: "" };
    expect({ ...foreign.body, ...same }).toEqual({ ...missing.body, ...same });
    expect(await app.query("select state from app.tickets where ticket_id = $1", [ticketId])).toEqual([{ state: "OPEN" }]);
    expect((await call(ours, "DELETE", `/tickets/${ticketId}`)).status).toBe(204);
    expect(await app.query("select state from app.tickets where ticket_id = $1", [ticketId])).toEqual([{ state: "CLOSED" }]);
  });

  test("gives a page of a list with the cursor of the next", async () => {
    const tenant = await app.createTenant();
    await Promise.all(Array.from({ length: 51 }, (_, n) => call(tenant, "POST", "/tickets", { subject: `Number ${n}` })));
    const { body: first } = await call(tenant, "GET", "/tickets");
    const { body: second } = await call(tenant, "GET", `/tickets?cursor=${first.nextCursor}`);
    expect([first.tickets.length, second.tickets.length, second.nextCursor]).toEqual([50, 1, null]);
    expect(new Set([...first.tickets, ...second.tickets].map(({ subject }) => subject)).size).toBe(51);
  }, 60_000);

  test("goes into the tenant's export, loses an author who is erased, and is counted and gone when the tenant is closed, others' left alone", async () => {
    const tenant = await app.createTenant();
    await call(tenant, "POST", "/tickets", { subject: "To be forgotten" });
    await call(theirs, "POST", "/tickets", { subject: "To stay" });
    const key = app.world.stack.secrets.workerTokenKey;
    const token = await signTenantToken(key, { issuer: workerIssuer, ...tenant, scope: "export", operationId: newId("operation") });
    const { exports } = clientOf(product.url, token).trpc;
    const source = { exportId: newId("export"), source: "tickets" as "folders", number: 0, after: "" };
    const { parts, after: next } = await exports.rows.mutate(source);
    expect({ parts, next }).toEqual({ parts: [expect.objectContaining({ bytes: expect.any(Number) })], next: undefined });
    expect(parts[0]?.bytes).toBeGreaterThan(50);

    const urls = (["worker", "auditor"] as const).map((role) => app.world.urlOf("application", role));
    const ref = JSON.stringify({ ...tenant, operationId: newId("operation"), userId: person });
    const { people, before, after } = JSON.parse(await runInWorker(closing, ...urls, ref));
    expect(people).toEqual([1, 0]);
    expect(before).toMatchObject({ "app.tickets": 1, "app.tenant_home": 1 });
    expect(after).toMatchObject({ "app.tickets": 0, "app.tenant_home": 0 });
    expect(await app.query("select tenant_id from app.tickets where tenant_id in ($1, $2)", [tenant.tenantId, theirs.tenantId])).toEqual([
      { tenant_id: theirs.tenantId },
    ]);
  }, 60_000);

  test("is in the interface's document, and its table keeps every rule of the catalogue", async () => {
    const document = await (await fetch(`${product.url}/openapi.json`)).json();
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining([expect.stringMatching(/\/tickets$/)]));
    const found = await withConnection(app.world.ownerUrl("application"), (owner) => inspectWith(owner, "application"));
    expect(found).toEqual(Object.fromEntries(Object.keys(catalogueQueries).map((rule) => [rule, []])));
  });
});
