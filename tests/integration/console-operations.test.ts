import { withControl } from "@leasehold/db/control/with-control";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newTenantRequest, parkOperation, requestApproval } from "../support/console-fixtures.ts";
import { type ConsoleWorld, startConsoleWorld } from "../support/console-world.ts";

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsoleWorld();
}, 180_000);
afterAll(() => world[Symbol.asyncDispose]());

const rows = (text: string, ...values: unknown[]) => world.query(text, values);
const refused = (code: string, reason: string) => expect.objectContaining({ code, cause: expect.objectContaining({ reason }) });
const key = () => `act-${Math.random().toString(36).slice(2)}-${Date.now()}`;

describe("retrying and rolling back", () => {
  test("is refused while the operation is not parked, and writes nothing", async () => {
    const { tenantId, operationId } = await world.console.tenants.add(newTenantRequest());
    for (const action of ["retry-step", "roll-back"] as const) {
      const attempt = world.console.operations.intervene({
        tenantId,
        operationId,
        action,
        step: "key",
        reason: "Try",
        idempotencyKey: key(),
      });
      await expect(attempt).rejects.toEqual(refused("PRECONDITION_FAILED", "not-parked"));
    }
    expect(await rows("select kind from control.commands where operation_id = $1", operationId)).toEqual([{ kind: "onboard-tenant" }]);
  });

  test("is refused at another step than the one it is parked at", async () => {
    const { tenantId, operationId } = await world.console.tenants.add(newTenantRequest());
    await parkOperation(world, tenantId, operationId, "key");
    const attempt = world.console.operations.intervene({
      tenantId,
      operationId,
      action: "retry-step",
      step: "verify",
      reason: "Try",
      idempotencyKey: key(),
    });
    await expect(attempt).rejects.toEqual(refused("PRECONDITION_FAILED", "not-parked"));
  });

  test("writes one command with step and reason, and its audit row, however often it is sent", async () => {
    const { tenantId, operationId } = await world.console.tenants.add(newTenantRequest());
    await parkOperation(world, tenantId, operationId, "key");
    const retry = { tenantId, operationId, action: "retry-step" as const, step: "key", reason: "Grant was added", idempotencyKey: key() };
    expect((await world.console.operations.intervene(retry)).outcome).toBe("requested");
    expect((await world.console.operations.intervene(retry)).outcome).toBe("repeated");
    expect(
      await rows("select reason, payload, actor from control.commands where operation_id = $1 and kind = 'retry-step'", operationId),
    ).toEqual([{ reason: "Grant was added", payload: { step: "key" }, actor: `operator:${world.operatorId}` }]);
    expect(await rows("select action from control.audit where tenant_id = $1 order by created_at", tenantId)).toEqual([
      { action: "onboarding.requested" },
      { action: "operation.retry-requested" },
    ]);
    await expect(world.console.operations.intervene({ ...retry, reason: "Another" })).rejects.toEqual(
      refused("CONFLICT", "idempotency-key-reused"),
    );
    const second = world.console.operations.intervene({ ...retry, action: "roll-back", idempotencyKey: key() });
    await expect(second).rejects.toEqual(refused("CONFLICT", "decision-pending"));
  });

  test("what was being rolled back is not retried, and can be rolled back again", async () => {
    const { tenantId, operationId } = await world.console.tenants.add(newTenantRequest());
    await parkOperation(world, tenantId, operationId, "key");
    const undoing = async () => {
      const parked = (await world.console.operations.attention()).find((item) => item.operationId === operationId);
      const [listed] = await world.console.operations.ofTenant({ tenantId });
      return [parked?.undoing, listed?.undoing];
    };
    expect(await undoing()).toEqual([false, false]);
    await withControl(world.worker, { tenantId }, async (tx) => {
      for (const state of ["ROLLING_BACK", "NEEDS_ATTENTION"])
        await tx.execute(
          sql`UPDATE control.operations SET state = ${state} WHERE tenant_id = ${tenantId} AND operation_id = ${operationId}`,
        );
    });
    expect(await undoing()).toEqual([true, true]);
    const decision = { tenantId, operationId, step: "key", reason: "Try" };
    const retried = world.console.operations.intervene({ ...decision, action: "retry-step", idempotencyKey: key() });
    await expect(retried).rejects.toEqual(refused("PRECONDITION_FAILED", "rolling-back"));
    const rolledBack = await world.console.operations.intervene({ ...decision, action: "roll-back", idempotencyKey: key() });
    expect(rolledBack.outcome).toBe("requested");
  });

  test("another tenant's operation is not found", async () => {
    const first = await world.console.tenants.add(newTenantRequest());
    const second = await world.console.tenants.add(newTenantRequest());
    const attempt = world.console.operations.intervene({
      tenantId: first.tenantId,
      operationId: second.operationId,
      action: "roll-back",
      step: "key",
      reason: "Try",
      idempotencyKey: key(),
    });
    await expect(attempt).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("what operators see", () => {
  test("the inbox holds parked operations and approvals, and nothing else", async () => {
    const parked = await world.console.tenants.add(newTenantRequest());
    await parkOperation(world, parked.tenantId, parked.operationId, "verify");
    const waiting = await requestApproval(world);
    const running = await world.console.tenants.add(newTenantRequest());
    const inbox = new Map((await world.console.operations.attention()).map((item) => [item.operationId, item]));
    expect(inbox.get(parked.operationId)).toMatchObject({
      state: "NEEDS_ATTENTION",
      step: "verify",
      code: "FORBIDDEN",
      reason: "KMS refused.",
      since: expect.any(Date),
    });
    expect(inbox.get(waiting.operationId)).toMatchObject({ state: "AWAITING_APPROVAL", plan: "enterprise" });
    expect(inbox.has(running.operationId)).toBe(false);
  });

  test("pages of tenants hold each tenant once, in every order", async () => {
    for (let made = 0; made < 7; made += 1) await world.console.tenants.add(newTenantRequest({ organizationName: "Same name" }));
    for (const sort of ["created", "name", "plan", "state", "slug"] as const) {
      for (const direction of ["asc", "desc"] as const) {
        const seen: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = await world.console.tenants.list({ sort, direction, limit: 3, cursor: cursor ?? undefined, search: "Same name" });
          seen.push(...page.items.map((item) => item.tenantId));
          cursor = page.nextCursor;
        }
        expect(seen).toHaveLength(7);
        expect(new Set(seen).size).toBe(7);
      }
    }
  });

  test("search finds by name, address and id, and takes wildcards as they are", async () => {
    const request = newTenantRequest({ organizationName: "100%_Cotton" });
    const { tenantId } = await world.console.tenants.add(request);
    for (const search of ["100%_c", request.slug, tenantId]) {
      const page = await world.console.tenants.list({ search });
      expect(page.items.map((item) => item.tenantId)).toEqual([tenantId]);
    }
    expect((await world.console.tenants.list({ search: "100__c" })).items).toEqual([]);
  });

  test("filters by state, plan and attention", async () => {
    const parked = await world.console.tenants.add(newTenantRequest({ plan: "business" }));
    await parkOperation(world, parked.tenantId, parked.operationId);
    const page = await world.console.tenants.list({ states: ["PROVISIONING"], plans: ["business"], attention: true });
    expect(page.items.map((item) => item.tenantId)).toEqual([parked.tenantId]);
    expect(page.items[0]?.operation).toMatchObject({ state: "NEEDS_ATTENTION", step: "key" });
    expect((await world.console.tenants.list({ states: ["CLOSED"] })).items).toEqual([]);
  });

  test("a tenant's page has its operations with a link to the run, and no address of a person", async () => {
    const request = newTenantRequest();
    const { tenantId, operationId } = await world.console.tenants.add(request);
    const [operation] = await world.console.operations.ofTenant({ tenantId });
    expect(operation?.runUrl).toBe(`http://temporal.test/namespaces/default/workflows/${encodeURIComponent(`onboarding:${operationId}`)}`);
    const people = await world.console.tenantRecords.people({ tenantId });
    expect(people.invitations).toMatchObject([{ maskedEmail: "a…@northwind.test", role: "owner", state: "HELD" }]);
    const shown = JSON.stringify([
      people,
      operation,
      await world.console.tenantRecords.audit({ tenantId }),
      await world.console.tenantRecords.timeline({ tenantId }),
    ]);
    expect(shown).not.toContain(request.administratorEmail);
  });

  test("a live reader gets every event in order, from the number it has seen", async () => {
    const { tenantId, operationId } = await world.console.tenants.add(newTenantRequest());
    const stream = (await world.console.operations.follow({ tenantId, operationId })) as AsyncIterable<
      [string, { state: string }, unknown]
    >;
    const reading = (async () => {
      const seen: string[] = [];
      for await (const [id, event] of stream) {
        seen.push(`${id}:${event.state}`);
        if (event.state === "NEEDS_ATTENTION") return seen;
      }
    })();
    await parkOperation(world, tenantId, operationId);
    expect(await reading).toEqual(["1:FAILED", "2:RUNNING", "3:NEEDS_ATTENTION"]);
    const later = (await world.console.operations.follow({ tenantId, operationId, lastEventId: 2 })) as AsyncIterable<
      [string, { state: string }, unknown]
    >;
    for await (const [id] of later) {
      expect(id).toBe("3");
      break;
    }
  });

  test("a live reader is let go within seconds of the end of the session, whether or not something happens", async () => {
    const { tenantId, operationId } = await world.console.tenants.add(newTenantRequest());
    const streams = [await world.console.operations.follow({ tenantId, operationId }), await world.console.operations.activity()];
    const readings = streams.map(async (stream) => {
      for await (const _ of stream as AsyncIterable<unknown>);
    });
    world.session.holds = false;
    try {
      const refused = { status: "rejected", reason: expect.objectContaining({ code: "UNAUTHORIZED" }) };
      expect(await Promise.allSettled(readings)).toEqual(readings.map(() => refused));
    } finally {
      world.session.holds = true;
    }
  });

  test("nobody sees or does anything without signing in", async () => {
    const { tenantId, operationId } = await world.console.tenants.add(newTenantRequest());
    const attempts = [
      () => world.anonymous.tenants.list({}),
      () => world.anonymous.tenants.get({ tenantId }),
      () => world.anonymous.tenants.slugAvailability({ slug: "northwind" }),
      () => world.anonymous.tenants.regions(),
      () => world.anonymous.tenants.add(newTenantRequest()),
      () => world.anonymous.operations.ofTenant({ tenantId }),
      () => world.anonymous.operations.attention(),
      () =>
        world.anonymous.operations.intervene({
          tenantId,
          operationId,
          action: "retry-step",
          step: "key",
          reason: "Try",
          idempotencyKey: key(),
        }),
      () => world.anonymous.operations.decide({ tenantId, operationId, decision: "approve", reason: "Try", idempotencyKey: key() }),
      () => world.anonymous.operations.follow({ tenantId, operationId }),
      () => world.anonymous.operations.activity(),
      () => world.anonymous.tenantRecords.resources({ tenantId }),
      () => world.anonymous.tenantRecords.people({ tenantId }),
      () => world.anonymous.tenantRecords.timeline({ tenantId }),
      () => world.anonymous.tenantRecords.audit({ tenantId }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });
});
