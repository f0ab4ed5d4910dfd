import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { appRouter } from "@leasehold/application/router";
import { createCallerFactory } from "@leasehold/application/trpc/init";
import { withConnection } from "@leasehold/db/client";
import { EnteredQuery } from "@leasehold/db/entered-query";
import { newId } from "@leasehold/domain/ids";
import { createLogger } from "@leasehold/tenancy/logger";
import { openMail } from "@leasehold/tenancy/mail/open-mail";
import { resolveContext } from "@leasehold/tenancy/resolve-context";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { call } from "../support/matrix/call.ts";
import type { anonymous } from "../support/matrix/callers.ts";
import { createMatrixWorld, type MatrixWorld, type Side } from "../support/matrix/matrix-world.ts";

let world: MatrixWorld;
beforeAll(async () => {
  world = await createMatrixWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Procedures of the application plane in this process, behind a real token. */
async function procedures(side: Side) {
  const { kit } = world.application;
  const authorization = await world.bearer(side, "member")();
  const requestId = newId("request");
  const resolve = () => resolveContext(kit, { authorization, requestId });
  return createCallerFactory(appRouter)({
    requestId,
    kit,
    logger: createLogger({ name: "test", level: "silent" }),
    idempotencyKey: undefined,
    resolve,
  });
}

describe("caches", () => {
  test("keep placements, credentials and keys of two tenants apart, asked for at once and over and over", async () => {
    const { kit } = world.application;
    const seen = new Map<string, Set<string>>();
    const once = async (side: Side) => {
      const { tenantId, placement } = await kit.placements.find(side.tenantId);
      const scope = { tenantId: side.tenantId, plan: side.plan, placement };
      const { accessKeyId } = await kit.vendor.vendTenantCredentials(scope);
      const key = await kit.keys.use(scope, ["newest"], (ring) => createHash("sha256").update(ring.key("newest")).digest("hex"));
      const held = seen.get(side.tenantId) ?? new Set();
      seen.set(side.tenantId, held.add(`${tenantId} ${placement.objectPrefix} ${placement.keyArn} ${accessKeyId} ${key}`));
    };
    await Promise.all(Array.from({ length: 60 }, (_, turn) => once(turn % 2 === 0 ? world.ours : world.theirs)));
    const [ours, theirs] = [world.ours, world.theirs].map(({ tenantId }) => [...(seen.get(tenantId) ?? [])]);
    expect([ours?.length, theirs?.length]).toEqual([1, 1]);
    const [one = [], other = []] = [ours?.[0]?.split(" "), theirs?.[0]?.split(" ")];
    expect(one.filter((part, index) => part === other[index])).toEqual([]);
    expect(one[0]).toBe(world.ours.tenantId);
  });

  test("a document of the same id is each tenant's own, also in one stream of requests", async () => {
    const documentId = newId("document");
    const clients = await Promise.all([world.application.as(world.ours), world.application.as(world.theirs)]);
    for (const [index, client] of clients.entries()) await client.put({ name: "same.txt", documentId }, `of tenant ${index}`);
    const bodies = await Promise.all(Array.from({ length: 24 }, async (_, turn) => (await clients[turn % 2]?.get(documentId))?.text()));
    expect(bodies).toEqual(bodies.map((_, turn) => `of tenant ${turn % 2}`));
  });
});

test("search finds one's own by words that another's documents have as well, and their indexes have nothing in common", async () => {
  const ids = [newId("document"), newId("document")] as const;
  const sides = [world.ours, world.theirs];
  for (const [index, side] of sides.entries())
    await (await world.application.as(side)).put({ name: "quarterly forecast.txt", documentId: ids[index] ?? "" }, "x");
  for (const [index, side] of sides.entries()) {
    const found = await (await world.application.as(side)).trpc.documents.list.query({ search: "forecast" });
    expect(found.documents.map(({ documentId }) => documentId)).toEqual([ids[index]]);
  }
  const grams = await Promise.all(
    ids.map((id) => world.application.query<{ gram: string }>("select gram from app.document_grams where document_id = $1", [id])),
  );
  const [ours = new Set<string>(), theirs = new Set<string>()] = grams.map((rows) => new Set(rows.map(({ gram }) => gram)));
  expect(ours.size).toBeGreaterThan(5);
  expect([...ours].filter((gram) => theirs.has(gram))).toEqual([]);
});

test("what is done in one tenant writes to nobody of another", async () => {
  const since = new Date();
  const email = `${newId("user").toLowerCase()}@guests.example`;
  const { slug, people } = world.ours;
  await people.owner.call((portal) => portal.members.invite({ slug, email, role: "viewer" }));
  const mails = await world.rows<{ sealed: string }>(
    "select sealed from control.mail_outbox where created_at >= $1 and sealed is not null",
    [since],
  );
  const opened = await Promise.all(mails.map(({ sealed }) => openMail(world.application.world.stack.secrets.mailKey, sealed)));
  expect(opened.map(({ to }) => to)).toEqual([email]);
});

test("a command names its own tenant's operation, or is not written", async () => {
  const { ours, theirs } = world;
  const insert = (operationId: string) =>
    withConnection(world.application.world.urlOf("control", "portal"), async (client) => {
      await client.query("begin");
      await client.query("select control.enter($1)", [ours.tenantId]);
      const text = `insert into control.commands (tenant_id, command_id, operation_id, kind, idempotency_key, body_hash, actor, request_id)
        values ($1, $2, $3, 'roll-back', $2, 'h', 'a', 'r')`;
      const outcome = client.query(text, [ours.tenantId, newId("command"), operationId]);
      return outcome.then(
        () => "written",
        (error: pg.DatabaseError) => error.code,
      );
    });
  expect(await insert(ours.operationId)).toBe("written");
  expect(await insert(theirs.operationId)).toBe("23503");
});

describe("a stream", () => {
  const streamBoundMs = 8_000;

  /** Opens the feed, takes the right to it away by `lose`, and tells what the stream does with news of after that. */
  async function afterLosing(person: MatrixWorld["both"], side: Side, lose: () => Promise<unknown>): Promise<string> {
    const events = await person.call((portal) => portal.onboarding.events({ slug: side.slug }));
    const iterator = events[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(false);
    await lose();
    await world.rows(
      "insert into control.operation_events (tenant_id, operation_id, seq, kind, state) select $1, $2, max(seq) + 1, 'operation', 'RUNNING' from control.operation_events where operation_id = $2",
      [side.tenantId, side.operationId],
    );
    await world.rows("select pg_notify('operation_events', $1 || ':2')", [side.operationId]);
    const late = new Promise<string>((resolve) => setTimeout(() => resolve("still open"), streamBoundMs));
    const next = iterator.next().then(
      ({ done }) => (done ? "ended" : "told more"),
      (error: { reason?: string; cause?: { reason?: string } }) => error.reason ?? error.cause?.reason ?? String(error),
    );
    return Promise.race([next, late]);
  }

  test("ends for somebody who is no longer a member", async () => {
    const person = await world.portal.member("viewer", world.ours);
    const remove = () =>
      world.rows("delete from control.members where tenant_id = $1 and user_id = $2", [world.ours.tenantId, person.userId]);
    expect(await afterLosing(person, world.ours, remove)).toBe("onboarding-unknown");
  });

  test("ends for somebody who has signed out elsewhere", async () => {
    const person = await world.portal.member("viewer", world.theirs);
    const end = () => world.rows("delete from identity.sessions where user_id = $1", [person.userId]);
    expect(await afterLosing(person, world.theirs, end)).toBe("onboarding-unknown");
  });
});

test("the capability of one sign-up shows no other's progress", async () => {
  const browser = world.portal.browser();
  const form = world.portal.form();
  await browser((portal) => portal.signUp.request(form));
  const holder = { name: "holder", cookie: browser.cookie() };
  const current = (caller: typeof holder | typeof anonymous, slug: string) =>
    call(world, { app: "portal", name: "onboarding.current", kind: "query" }, caller, { slug });
  expect((await current(holder, form.slug)).code).toBe("ok");
  const [foreign, missing] = [await current(holder, world.ours.slug), await current(holder, "nowhere-to-be-found")];
  expect(foreign.code).toBe("NOT_FOUND");
  expect(foreign.text).toBe(missing.text);
});

describe("an id of another tenant takes the same way as one that is missing", () => {
  type Recorded = { text: string; values: unknown[] };

  const recording = new AsyncLocalStorage<Recorded[]>();

  /** Every statement that `work` sends; what sweeps of the same process send meanwhile is not its own. */
  async function record(work: () => Promise<unknown>): Promise<Recorded[]> {
    const sent: Recorded[] = [];
    const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
    const spy = vi.spyOn(pg.Client.prototype, "query").mockImplementation(function (this: pg.Client, ...args: unknown[]) {
      const [config, values] = args as [string | pg.QueryConfig, unknown[] | undefined];
      const ours = recording.getStore();
      if (config instanceof EnteredQuery) ours?.push(config.entry);
      ours?.push(
        typeof config === "string" ? { text: config, values: values ?? [] } : { text: config.text, values: values ?? config.values ?? [] },
      );
      return original.apply(this, args);
    } as never);
    await recording.run(sent, () => work().catch(() => undefined));
    spy.mockRestore();
    return sent;
  }

  async function planOf({ text, values }: Recorded): Promise<unknown[]> {
    if (!/^(select|update|delete|with)\b/i.test(text) || /app\.\w+\(/.test(text)) return [];
    return withConnection(world.application.world.urlOf("application", "app_tenant"), async (client) => {
      await client.query("begin");
      await client.query("select app.enter($1, 1)", [world.ours.tenantId]);
      const { rows } = await client.query({ text: `explain (analyze, costs off, timing off, summary off, buffers off) ${text}`, values });
      return rows.map((row) => Object.values(row)[0]);
    });
  }

  const cases = (side: Side): Record<string, (ask: Awaited<ReturnType<typeof procedures>>, missing: boolean) => Promise<unknown>> => ({
    "documents.get": (ask, missing) => ask.documents.get({ documentId: missing ? newId("document") : side.documentId }),
    "documents.rename": (ask, missing) => ask.documents.rename({ documentId: missing ? newId("document") : side.documentId, name: "x" }),
    "documents.delete": (ask, missing) => ask.documents.delete({ documentId: missing ? newId("document") : side.documentId }),
    "documents.list": (ask, missing) => ask.documents.list({ folderId: missing ? newId("folder") : side.folderId }),
    "documents.renameFolder": (ask, missing) =>
      ask.documents.renameFolder({ folderId: missing ? newId("folder") : side.folderId, name: "x" }),
    "documents.deleteFolder": (ask, missing) => ask.documents.deleteFolder({ folderId: missing ? newId("folder") : side.folderId }),
  });

  test.each([
    "documents.get",
    "documents.rename",
    "documents.delete",
    "documents.list",
    "documents.renameFolder",
    "documents.deleteFolder",
  ])("%s", async (name) => {
    const ask = await procedures(world.ours);
    const request = cases(world.theirs)[name];
    if (request === undefined) throw new Error(`there is no request ${name}`);
    // Caches and leases are filled first: they are each tenant's own, whatever the id.
    await request(ask, true).catch(() => undefined);
    const [foreign, missing] = [await record(() => request(ask, false)), await record(() => request(ask, true))];
    expect(foreign.length).toBeGreaterThan(1);
    expect(foreign.map(({ text }) => text)).toEqual(missing.map(({ text }) => text));
    const withoutIds = (plan: unknown) => JSON.stringify(plan).replaceAll(/(doc|fld)_[0-9A-Z]{26}/g, "id");
    for (const [index, statement] of foreign.entries())
      expect(withoutIds(await planOf(statement))).toBe(withoutIds(await planOf(missing[index] ?? statement)));
  });
});
