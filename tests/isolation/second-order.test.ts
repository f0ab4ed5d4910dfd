import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { appRouter } from "@leasehold/application/router";
import { createServer } from "@leasehold/application/server";
import { createCallerFactory } from "@leasehold/application/trpc/init";
import { withConnection } from "@leasehold/db/client";
import { EnteredQuery } from "@leasehold/db/entered-query";
import { newId } from "@leasehold/domain/ids";
import type { Role } from "@leasehold/domain/roles";
import { createLogger } from "@leasehold/tenancy/logger";
import { openMail } from "@leasehold/tenancy/mail/open-mail";
import { resolveContext } from "@leasehold/tenancy/resolve-context";
import type { InjectOptions } from "fastify";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { call } from "../support/matrix/call.ts";
import type { anonymous } from "../support/matrix/callers.ts";
import { createMatrixWorld, type MatrixWorld, type Person, type Side } from "../support/matrix/matrix-world.ts";

const silent = createLogger({ name: "test", level: "silent" });
let world: MatrixWorld;
beforeAll(async () => {
  world = await createMatrixWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Procedures of the application plane in this process, behind a real token. */
async function procedures(side: Side, role: Role = "member") {
  const { kit } = world.application;
  const authorization = await world.bearer(side, role)();
  const requestId = newId("request");
  const resolve = () => resolveContext(kit, { authorization, requestId });
  return createCallerFactory(appRouter)({
    requestId,
    kit,
    logger: silent,
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

  test("a document and a folder of the same id are each tenant's own, also in one stream of requests", async () => {
    const [documentId, folderId] = [newId("document"), newId("folder")];
    const clients = await Promise.all([world.application.as(world.ours), world.application.as(world.theirs)]);
    for (const [index, client] of clients.entries()) await client.put({ name: "same.txt", documentId }, `of tenant ${index}`);
    const bodies = await Promise.all(Array.from({ length: 24 }, async (_, turn) => (await clients[turn % 2]?.get(documentId))?.text()));
    expect(bodies).toEqual(bodies.map((_, turn) => `of tenant ${turn % 2}`));
    const name = (index: number) => `Same of tenant ${index}`;
    for (const [index, { trpc }] of clients.entries()) await trpc.documents.createFolder.mutate({ folderId, name: name(index) });
    const folders = await Promise.all(clients.map(({ trpc }) => trpc.documents.getFolder.query({ folderId })));
    expect(folders.map((folder) => folder.name)).toEqual([name(0), name(1)]);
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

describe("streams", () => {
  /** Every reader looks again after five seconds. */
  const streamBoundMs = 8_000;
  type Reader = { person: Person; iterator: AsyncIterator<unknown> };

  const open = {
    onboarding: (person: Person, { slug }: Side, lastEventId: string) =>
      person.call((portal) => portal.onboarding.events({ slug, lastEventId })),
    closing: (person: Person, { slug, operationId }: Side, lastEventId: string) =>
      person.call((portal) => portal.offboarding.events({ slug, operationId, lastEventId })),
  };
  const lose = {
    removed: (userId: string, tenantId: string) =>
      world.rows("delete from control.members where tenant_id = $1 and user_id = $2", [tenantId, userId]),
    "signed out": (userId: string) => world.rows("delete from identity.sessions where user_id = $1", [userId]),
    demoted: (userId: string, tenantId: string) =>
      world.rows("update control.members set role = 'admin' where tenant_id = $1 and user_id = $2", [tenantId, userId]),
  };

  /** One that has read all there is: its first answer is the last thing that happened. */
  async function begin(stream: keyof typeof open): Promise<Reader> {
    const person = await world.portal.member("owner", world.ours);
    const [before] = await world.rows<{ seq: string }>(
      "select (max(seq) - 1)::text as seq from control.operation_events where operation_id = $1",
      [world.ours.operationId],
    );
    const iterator = (await open[stream](person, world.ours, before?.seq ?? ""))[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(false);
    return { person, iterator };
  }

  function nextOf({ iterator }: Reader): Promise<string> {
    const late = new Promise<string>((resolve) => setTimeout(() => resolve("still open"), streamBoundMs));
    const next = iterator.next().then(
      ({ done }) => (done ? "ended" : "told more"),
      (error: { reason?: string; cause?: { reason?: string } }) => error.reason ?? error.cause?.reason ?? String(error),
    );
    return Promise.race([next, late]);
  }

  // The onboarding is for members of every role; the closing is for owners.
  test.each([
    { told: "at once", nudged: true },
    { told: "when nobody tells them that something happened", nudged: false },
  ])("end for whoever was removed, demoted or has signed out: $told", async ({ nudged }) => {
    const { tenantId, operationId } = world.ours;
    const wanted = [
      ["onboarding", "removed", "onboarding-unknown"],
      ["onboarding", "signed out", "onboarding-unknown"],
      ["closing", "removed", "tenant-unknown"],
      ["closing", "signed out", "ended"],
      ["closing", "demoted", "ended"],
    ] as const;
    const readers = await Promise.all(wanted.map(([stream]) => begin(stream)));
    const stays = await begin("closing");
    for (const [index, [, way]] of wanted.entries()) await lose[way](readers[index]?.person.userId ?? "", tenantId);
    await world.rows(
      "insert into control.operation_events (tenant_id, operation_id, seq, kind, state) select $1, $2, max(seq) + 1, 'operation', 'RUNNING' from control.operation_events where operation_id = $2",
      [tenantId, operationId],
    );
    if (nudged) await world.rows("select pg_notify('operation_events', $1 || ':2')", [operationId]);
    const outcomes = await Promise.all(readers.map(nextOf));
    expect(outcomes.map((outcome, index) => [...(wanted[index]?.slice(0, 2) ?? []), outcome])).toEqual(wanted);
    expect(await nextOf(stays)).toBe("told more");
    await stays.iterator.return?.();
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
    // A slice of the tenant's rate, and its place, are fetched when those that are known grow old, whatever is asked.
    return sent.filter(({ text }) => !/app\.take_slice\(|from app\.tenant_placement/.test(text));
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

  type Ask = Awaited<ReturnType<typeof procedures>>;
  /** For the routes beside the procedures: a request to a server in this process. */
  type Inject = (request: InjectOptions) => Promise<unknown>;

  /** What is asked with an id, by the kind of it. */
  const requests: Record<string, { of: "document" | "folder" | "apiKey"; ask(ask: Ask, id: string, inject: Inject): Promise<unknown> }> = {
    "documents.get": { of: "document", ask: (ask, documentId) => ask.documents.get({ documentId }) },
    "documents.rename": { of: "document", ask: (ask, documentId) => ask.documents.rename({ documentId, name: "x" }) },
    "documents.delete": { of: "document", ask: (ask, documentId) => ask.documents.delete({ documentId }) },
    "documents.list": { of: "folder", ask: (ask, folderId) => ask.documents.list({ folderId }) },
    "documents.getFolder": { of: "folder", ask: (ask, folderId) => ask.documents.getFolder({ folderId }) },
    "documents.createFolder": { of: "folder", ask: (ask, parentId) => ask.documents.createFolder({ name: "x", parentId }) },
    "documents.renameFolder": { of: "folder", ask: (ask, folderId) => ask.documents.renameFolder({ folderId, name: "x" }) },
    "documents.deleteFolder": { of: "folder", ask: (ask, folderId) => ask.documents.deleteFolder({ folderId }) },
    "apiKeys.change": { of: "apiKey", ask: (ask, keyId) => ask.apiKeys.change({ keyId, rate: null }) },
    "apiKeys.revoke": { of: "apiKey", ask: (ask, keyId) => ask.apiKeys.revoke({ keyId }) },
    "GET body": { of: "document", ask: (_, id, inject) => inject({ method: "GET", url: `/documents/${id}/body` }) },
    "GET body, of the version that one has": {
      of: "document",
      ask: (_, id, inject) => inject({ method: "GET", url: `/documents/${id}/body`, headers: { "if-none-match": '"1"' } }),
    },
    "PUT body, into a folder": {
      of: "folder",
      ask: (_, folderId, inject) =>
        inject({
          method: "PUT",
          url: `/documents/body?documentId=${newId("document")}&name=x&folderId=${folderId}`,
          headers: { "content-type": "text/plain" },
          payload: "x",
        }),
    },
    "GET /v1/documents/:id": { of: "document", ask: (_, id, inject) => inject({ method: "GET", url: `/v1/documents/${id}` }) },
  };

  test.each(Object.entries(requests))("%s", async (_name, { of, ask: request }) => {
    const server = createServer(world.application.kit, silent);
    const authorization = await world.bearer(world.ours, "owner")();
    const inject = (asked: InjectOptions) => server.inject({ ...asked, headers: { ...asked.headers, authorization } });
    const ask = await procedures(world.ours, "owner");
    const theirs = { document: world.theirs.documentId, folder: world.theirs.folderId, apiKey: world.theirs.keyId }[of];
    const asked = (isMissing: boolean) => request(ask, isMissing ? newId(of) : theirs, inject);
    // Caches and leases are filled first: they are each tenant's own, whatever the id.
    await asked(true).catch(() => undefined);
    const [foreign, missing] = [await record(() => asked(false)), await record(() => asked(true))];
    await server.close();
    expect(foreign.length).toBeGreaterThan(1);
    expect(foreign.map(({ text }) => text)).toEqual(missing.map(({ text }) => text));
    const withoutIds = (plan: unknown) => JSON.stringify(plan).replaceAll(/(doc|fld|key)_[0-9A-Z]{26}/g, "id");
    for (const [index, statement] of foreign.entries())
      expect(withoutIds(await planOf(statement))).toBe(withoutIds(await planOf(missing[index] ?? statement)));
  });
});
