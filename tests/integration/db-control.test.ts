import { createPool } from "@leasehold/db/client";
import { noteUnreadableKeys } from "@leasehold/db/control/keys/note-unreadable-keys";
import { members } from "@leasehold/db/control/schema/members";
import { operationEvents, operationSteps, operations } from "@leasehold/db/control/schema/operations";
import { tenants } from "@leasehold/db/control/schema/tenants";
import { controlQuery, withControl } from "@leasehold/db/control/with-control";
import { newId } from "@leasehold/domain/ids";
import { openOperationStates, operationExclusions, operationKinds } from "@leasehold/domain/operations";
import { tenantStates, tenantTransitions } from "@leasehold/domain/tenant-states";
import { and, eq, sql } from "drizzle-orm";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { type Seeded, seedTenant } from "../support/seed-tenant.ts";

let databases: TestDatabases;
let portal: pg.Pool;
let worker: pg.Pool;
let tenant: Seeded;
let tenantId: ReturnType<typeof newId<"tenant">>;

beforeAll(async () => {
  databases = await createTestDatabases();
  portal = createPool(databases.urlOf("control", "portal"), { max: 4 });
  worker = createPool(databases.urlOf("control", "worker"), { max: 20 });
});
beforeEach(async () => {
  tenantId = newId("tenant");
  tenant = await seedTenant(databases, tenantId);
});
afterAll(async () => {
  await Promise.all([portal.end(), worker.end()]);
  await databases[Symbol.asyncDispose]();
});

/** Past the guards: as the owner, with the triggers off for a moment. */
async function put(values: { state?: string; operationState?: string; kind?: string }): Promise<void> {
  if (values.state !== undefined)
    await databases.query(
      "control",
      withoutGuard("tenants", `UPDATE control.tenants SET state = '${values.state}' WHERE tenant_id = '${tenantId}'`),
    );
  if (values.kind !== undefined || values.operationState !== undefined)
    await databases.query(
      "control",
      withoutGuard(
        "operations",
        `UPDATE control.operations SET kind = '${values.kind ?? "onboarding"}', state = '${values.operationState ?? "REQUESTED"}' WHERE tenant_id = '${tenantId}'`,
      ),
    );
}
const withoutGuard = (table: string, statement: string) =>
  `ALTER TABLE control.${table} DISABLE TRIGGER USER; ${statement}; ALTER TABLE control.${table} ENABLE TRIGGER USER`;

const setState = (state: (typeof tenantStates)[number]) =>
  withControl(worker, { tenantId }, async (tx) => {
    await tx.update(tenants).set({ state }).where(eq(tenants.tenantId, tenantId));
  });
const steps = (state: "SUCCEEDED" | "RUNNING") =>
  withControl(worker, { tenantId }, async (tx) => {
    await tx.update(operationSteps).set({ state }).where(eq(operationSteps.tenantId, tenantId));
  });
const place = () =>
  databases.query("control", "update control.tenants set placement = '{}', limits = '{}' where tenant_id = $1", [tenantId]);

/** A closing whose hold is over, with a certificate, and no legal hold. */
async function serveHold(): Promise<void> {
  await databases.query("control", "delete from control.legal_holds where tenant_id = $1", [tenantId]);
  const served = `update control.offboardings set hold_began_at = now(), hold_ends_at = now() where tenant_id = '${tenantId}'`;
  await databases.query("control", withoutGuard("offboardings", served));
  await databases.query(
    "control",
    `insert into control.operation_steps (tenant_id, operation_id, step, position, stage, state)
     values ($1, $2, 'certify', 2, 2, 'SUCCEEDED')`,
    [tenantId, tenant.operationId],
  );
}

describe("a tenant's state", () => {
  test.each(tenantStates)("goes from %s where the domain says, and nowhere else", async (from) => {
    await place();
    await steps("SUCCEEDED");
    await serveHold();
    for (const to of tenantStates.filter((state) => state !== from)) {
      await put({ state: from });
      const going = setState(to);
      if (tenantTransitions[from].includes(to)) await going;
      else await expect(going).rejects.toMatchObject({ code: "PRECONDITION_FAILED", reason: "illegal-transition" });
    }
  });

  test("is SHREDDING only under no legal hold, after a hold that was served and not cancelled", async () => {
    await put({ state: "CLOSING" });
    const goes = () => setState("SHREDDING");
    await expect(goes()).rejects.toMatchObject({ code: "PRECONDITION_FAILED", reason: "legal-hold" });
    await databases.query("control", "delete from control.legal_holds where tenant_id = $1", [tenantId]);
    await expect(goes()).rejects.toMatchObject({ code: "PRECONDITION_FAILED", reason: "illegal-transition" });
    await serveHold();
    const cancelled = `update control.offboardings set cancelled_at = now(), cancelled_by = 'user:x' where tenant_id = '${tenantId}'`;
    await databases.query("control", withoutGuard("offboardings", cancelled));
    await expect(goes()).rejects.toMatchObject({ code: "PRECONDITION_FAILED", reason: "illegal-transition" });
  });

  test("is CLOSED only when every step is done and the certificate is signed", async () => {
    await steps("SUCCEEDED");
    await put({ state: "SHREDDING" });
    await expect(setState("CLOSED")).rejects.toMatchObject({ code: "PRECONDITION_FAILED", reason: "not-whole" });
    await serveHold();
    await steps("RUNNING");
    await expect(setState("CLOSED")).rejects.toMatchObject({ code: "PRECONDITION_FAILED", reason: "not-whole" });
    await steps("SUCCEEDED");
    await setState("CLOSED");
  });

  test("is ACTIVE only with placement, limits and every step done", async () => {
    const refused = { code: "PRECONDITION_FAILED", reason: "not-whole" };
    await expect(setState("ACTIVE")).rejects.toMatchObject(refused);
    await steps("SUCCEEDED");
    await expect(setState("ACTIVE")).rejects.toMatchObject(refused);
    await place();
    await steps("RUNNING");
    await expect(setState("ACTIVE")).rejects.toMatchObject(refused);
    await steps("SUCCEEDED");
    await setState("ACTIVE");
  });

  test("cannot be changed by the portal at all", async () => {
    const forged = withControl(portal, { tenantId }, (tx) => tx.execute(sql`update control.tenants set state = 'ACTIVE'`));
    await expect(forged).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("operations", () => {
  test("shut one another out as the domain says, in every open state and none other", async () => {
    for (const open of operationKinds)
      for (const state of [...openOperationStates, "SUCCEEDED", "ROLLED_BACK", "REJECTED"] as const) {
        await put({ kind: open, operationState: state });
        for (const kind of operationKinds) {
          const operationId = newId("operation");
          const excluded = (openOperationStates as readonly string[]).includes(state) && operationExclusions[open].includes(kind);
          const outcome = await withControl(worker, { tenantId }, async (tx) => {
            await tx.insert(operations).values({ tenantId, operationId, kind, workflowId: operationId, requestedBy: "user:x" });
            throw new Error("let in");
          }).catch((error: Error & { reason?: string }) => error.reason ?? error.message);
          expect([open, state, kind, outcome]).toEqual([open, state, kind, excluded ? "operation-open" : "let in"]);
        }
      }
  });

  test("requested at once are decided one after the other: one is let in", async () => {
    await put({ operationState: "SUCCEEDED" });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => {
        const operationId = newId("operation");
        return withControl(portal, { tenantId }, (tx) =>
          tx.insert(operations).values({ tenantId, operationId, kind: "offboarding", workflowId: operationId, requestedBy: "user:x" }),
        );
      }),
    );
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "CONFLICT", reason: "operation-open" });
  });

  test("refuse a state that does not follow", async () => {
    const jump = withControl(worker, { tenantId }, (tx) =>
      tx.update(operations).set({ state: "SUCCEEDED" }).where(eq(operations.tenantId, tenantId)),
    );
    await expect(jump).rejects.toMatchObject({ code: "PRECONDITION_FAILED", reason: "illegal-transition" });
  });

  test("hold their tenant: another operation cannot take it over", async () => {
    const taken = withControl(worker, { tenantId }, (tx) =>
      tx
        .update(tenants)
        .set({ currentOperation: newId("operation") })
        .where(eq(tenants.tenantId, tenantId)),
    );
    await expect(taken).rejects.toMatchObject({ code: "CONFLICT", reason: "operation-open" });
  });
});

test("attempts at one turn that find the same key unreadable, or readable again, tell of it once", async () => {
  const note = (found?: { pool: string; epoch: number; versions: number[] }) =>
    Promise.all(Array.from({ length: 8 }, () => noteUnreadableKeys(worker, tenantId, found, newId("request"))));
  const told = (changes: boolean[]) => changes.filter(Boolean).length;
  expect(told(await note({ pool: "p", epoch: 2, versions: [1] }))).toBe(1);
  expect(told(await note())).toBe(1);
  const rows = await databases.query<{ type: string }>(
    "control",
    `select type from control.outbox where tenant_id = '${tenantId}' and payload ->> 'pool' = 'p' order by type`,
  );
  expect(rows.map(({ type }) => type)).toEqual(["tenant.key-readable", "tenant.key-unreadable"]);
});

test("events are numbered without a gap, and appear in the order of their numbers, under twenty changes at once", async () => {
  const { operationId } = tenant;
  const names = Array.from({ length: 20 }, (_, index) => `step-${index}`);
  await withControl(worker, { tenantId }, async (tx) => {
    await tx
      .insert(operationSteps)
      .values(
        names.map((step, position) => ({ tenantId, operationId: operationId as `op_${string}`, step, position: position + 2, stage: 1 })),
      );
  });
  const seen: number[] = [];
  let watching = true;
  const watcher = (async () => {
    while (watching) {
      const after = seen.at(-1) ?? 0;
      const rows = await controlQuery(portal, { tenantId }, (tx) =>
        tx
          .select({ seq: operationEvents.seq })
          .from(operationEvents)
          .where(and(eq(operationEvents.tenantId, tenantId), sql`${operationEvents.seq} > ${after}`))
          .orderBy(operationEvents.seq),
      );
      seen.push(...rows.map((row) => row.seq));
    }
  })();
  const change = (step: string, state: "RUNNING" | "SUCCEEDED") =>
    withControl(worker, { tenantId }, (tx) =>
      tx
        .update(operationSteps)
        .set({ state })
        .where(and(eq(operationSteps.tenantId, tenantId), eq(operationSteps.step, step))),
    );
  await Promise.all(
    names.map(async (step) => {
      await change(step, "RUNNING");
      await change(step, "SUCCEEDED");
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  watching = false;
  await watcher;
  expect(seen).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
});

describe("owners", () => {
  const own = () => withControl(portal, { tenantId }, (tx) => tx.select().from(members).where(eq(members.tenantId, tenantId)));
  const remove = (userId: string) =>
    withControl(portal, { tenantId }, async (tx) => {
      await tx.delete(members).where(and(eq(members.tenantId, tenantId), eq(members.userId, userId)));
      await tx.execute(sql`select pg_sleep(0.05)`);
    });

  test("of a tenant in use: the last one can neither leave nor step down", async () => {
    await put({ state: "ACTIVE" });
    await expect(remove(tenant.userId)).rejects.toMatchObject({ code: "PRECONDITION_FAILED", reason: "last-owner" });
    const demoted = withControl(portal, { tenantId }, (tx) =>
      tx.update(members).set({ role: "member" }).where(eq(members.tenantId, tenantId)),
    );
    await expect(demoted).rejects.toMatchObject({ reason: "last-owner" });
  });

  test("who remove each other at the same moment: one stays", async () => {
    await put({ state: "ACTIVE" });
    const second = newId("user");
    await withControl(portal, { tenantId }, (tx) => tx.insert(members).values({ tenantId, userId: second, role: "owner" }));
    const outcomes = await Promise.allSettled([remove(tenant.userId), remove(second)]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await own()).toHaveLength(1);
  });
});

test("a person sees the workspaces that they belong to, and of others nothing", async () => {
  const mine = await controlQuery(portal, { userId: tenant.userId }, (tx) => tx.select({ tenantId: tenants.tenantId }).from(tenants));
  expect(mine).toEqual([{ tenantId }]);
  expect(await controlQuery(portal, {}, (tx) => tx.select({ tenantId: tenants.tenantId }).from(tenants))).toEqual([]);
});
