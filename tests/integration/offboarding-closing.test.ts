import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { type ControlTransaction, withControl } from "@leasehold/db/control/with-control";
import { newId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { type Closing, connectControl, openClosing, readFacts } from "../support/offboarding/closing.ts";

let databases: TestDatabases;
let pools: ReturnType<typeof connectControl>;
let closing: Closing;
beforeAll(async () => {
  databases = await createTestDatabases();
  pools = connectControl(databases);
});
beforeEach(async () => {
  closing = await openClosing(databases, pools);
});
afterAll(async () => {
  await pools.end();
  await databases[Symbol.asyncDispose]();
});

const reason = "Decided in a test";
const past = (name: string) => ({ code: "PRECONDITION_FAILED", reason: name });
const inside = (pool: pg.Pool, work: (tx: ControlTransaction) => Promise<unknown>) =>
  withControl(pool, { tenantId: closing.tenantId }, work);

describe("a workspace that closes", () => {
  const asPortal = (statement: ReturnType<typeof sql>) => inside(pools.portal, (tx) => tx.execute(statement));
  const closes = { code: "PRECONDITION_FAILED", reason: "tenant-closing" };

  test("takes nobody in and changes nobody's role, name or invitations", async () => {
    const { tenantId, userId } = closing;
    await databases.query("control", "insert into control.members (tenant_id, user_id, role) values ($1, 'usr_second', 'member')", [
      tenantId,
    ]);
    for (const statement of [
      sql`insert into control.members (tenant_id, user_id, role) values (${tenantId}, 'usr_new', 'member')`,
      sql`update control.members set role = 'admin' where tenant_id = ${tenantId} and user_id = 'usr_second'`,
      sql`update control.tenants set name = 'Another' where tenant_id = ${tenantId}`,
      sql`insert into control.invitations (tenant_id, invitation_id, email, role, token_hash, invited_by, expires_at)
        values (${tenantId}, ${newId("invitation")}, 'new@example.test', 'member', ${newId("event")}, ${`user:${userId}`}, '2100-01-01')`,
    ])
      await expect(asPortal(statement)).rejects.toMatchObject(closes);
    await asPortal(sql`delete from control.members where tenant_id = ${tenantId} and user_id = 'usr_second'`);
  });

  test("keeps its last owner, who alone can still cancel, and its address", async () => {
    await expect(asPortal(sql`delete from control.members where tenant_id = ${closing.tenantId}`)).rejects.toMatchObject({
      reason: "last-owner",
    });
    const again = asPortal(sql`insert into control.slugs (slug, tenant_id) values (${closing.slug}, ${closing.tenantId})`);
    await expect(again).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("is not asked to close twice", async () => {
    const again = requestOffboarding(pools.portal, closing.owner, {
      reason,
      confirmation: closing.slug,
      withExport: true,
      idempotencyKey: newId("command"),
    });
    await expect(again).rejects.toMatchObject(past("tenant-not-active"));
  });

  test("is moved on by no operator's own statement", async () => {
    for (const state of ["ACTIVE", "SHREDDING", "CLOSED", "FAILED"]) {
      const moved = inside(pools.operator, (tx) =>
        tx.execute(sql`update control.tenants set state = ${state}, current_operation = null where tenant_id = ${closing.tenantId}`),
      );
      await expect(moved).rejects.toMatchObject({ code: expect.stringMatching(/FORBIDDEN|PRECONDITION_FAILED/) });
    }
    expect((await readFacts(databases, closing)).state).toBe("CLOSING");
  });
});
