import { createPool } from "@leasehold/db/client";
import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { bodyHash, canonicalJson } from "@leasehold/db/control/commands/body-hash";
import { requestCommand } from "@leasehold/db/control/commands/request-command";
import { audit } from "@leasehold/db/control/schema/audit";
import { commands } from "@leasehold/db/control/schema/commands";
import { withControl } from "@leasehold/db/control/with-control";
import type { TenantContext } from "@leasehold/domain/context";
import { newId, type OperationId } from "@leasehold/domain/ids";
import { eq } from "drizzle-orm";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { seedTenant } from "../support/seed-tenant.ts";

let databases: TestDatabases;
let portal: pg.Pool;
let worker: pg.Pool;
let ctx: TenantContext;
let operationId: OperationId;

beforeAll(async () => {
  databases = await createTestDatabases();
  portal = createPool(databases.urlOf("control", "portal"), { max: 10 });
  worker = createPool(databases.urlOf("control", "worker"));
});
beforeEach(async () => {
  const tenantId = newId("tenant");
  const seeded = await seedTenant(databases, tenantId);
  operationId = seeded.operationId as OperationId;
  ctx = { tenantId, actor: { type: "user", userId: seeded.userId }, requestId: newId("request") };
});
afterAll(async () => {
  await Promise.all([portal.end(), worker.end()]);
  await databases[Symbol.asyncDispose]();
});

const ask = (idempotencyKey: string, body: unknown, as = ctx, kind = "retry-step") =>
  withControl(portal, { tenantId: as.tenantId }, (tx) => requestCommand(tx, as, { operationId, kind, idempotencyKey, body }));

describe("a command", () => {
  test("asked for twenty times at once under one key is one command", async () => {
    const key = newId("request");
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(key, { step: "place" })));
    expect(new Set(answers.map((answer) => answer.commandId)).size).toBe(1);
    expect(answers.filter((answer) => answer.outcome === "requested")).toHaveLength(1);
    expect(await databases.query("control", "select from control.commands where idempotency_key = $1", [key])).toHaveLength(1);
  });

  test.each([
    ["another body", (key: string) => ask(key, { step: "key" })],
    ["another kind", (key: string) => ask(key, { step: "place" }, ctx, "roll-back")],
  ])("under a used key with %s is a conflict", async (_what, again) => {
    const key = newId("request");
    await ask(key, { step: "place" });
    await expect(again(key)).rejects.toMatchObject({ code: "CONFLICT", reason: "idempotency-key-reused" });
  });

  test("under another tenant's key is a conflict that tells nothing of it", async () => {
    const key = newId("request");
    await ask(key, {});
    const other = newId("tenant");
    operationId = (await seedTenant(databases, other)).operationId as OperationId;
    await expect(ask(key, {}, { ...ctx, tenantId: other })).rejects.toMatchObject({ code: "CONFLICT", reason: "idempotency-key-reused" });
  });

  test("is announced to the dispatcher when it is committed", async () => {
    const client = await worker.connect();
    const heard = new Promise<string | undefined>((resolve) => client.once("notification", (message) => resolve(message.payload)));
    await client.query("listen commands");
    const { commandId } = await ask(newId("request"), {});
    expect(await heard).toBe(commandId);
    client.release(true);
  });

  test("is the dispatcher's to settle, whichever tenant's it is, and nobody's to rewrite", async () => {
    await ask(newId("request"), {});
    const settled = await withControl(worker, {}, (tx) =>
      tx.update(commands).set({ state: "DISPATCHED" }).where(eq(commands.tenantId, ctx.tenantId)).returning(),
    );
    expect(settled.length).toBeGreaterThan(0);
    const rewritten = withControl(worker, {}, (tx) => tx.update(commands).set({ kind: "roll-back" }));
    await expect(rewritten).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("the audit log", () => {
  const log = () =>
    databases.query<{ action: string }>("control", "select action from control.audit where tenant_id = $1 and action <> 'a.b'", [
      ctx.tenantId,
    ]);

  test("goes with its transaction", async () => {
    const failed = withControl(portal, { tenantId: ctx.tenantId }, async (tx) => {
      await emitAudit(tx, ctx, "member.removed", "usr_x");
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect(await log()).toEqual([]);
  });

  test("has a step that ran twice once", async () => {
    const system: TenantContext = { ...ctx, actor: { type: "system", operationId } };
    for (const _run of [1, 2])
      await withControl(worker, { tenantId: ctx.tenantId }, (tx) => emitAudit(tx, system, "onboarding.placed", "place"));
    expect(await log()).toEqual([{ action: "onboarding.placed" }]);
  });

  test("cannot be changed or emptied by those who write it", async () => {
    for (const pool of [portal, worker]) {
      await expect(withControl(pool, { tenantId: ctx.tenantId }, (tx) => tx.update(audit).set({ action: "x" }))).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
      await expect(withControl(pool, { tenantId: ctx.tenantId }, (tx) => tx.delete(audit))).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
  });
});

describe("a body's hash", () => {
  test("does not depend on the order of keys, and does on everything else", () => {
    expect(bodyHash({ a: 1, b: [{ d: 1, c: undefined, e: "é" }] })).toBe(bodyHash({ b: [{ e: "é", d: 1 }], a: 1 }));
    expect(bodyHash({ a: [1, 2] })).not.toBe(bodyHash({ a: [2, 1] }));
    expect(canonicalJson({ b: null, a: new Date(0) })).toBe('{"a":"1970-01-01T00:00:00.000Z","b":null}');
    expect(() => canonicalJson({ a: Number.NaN })).toThrow("not finite");
  });
});
