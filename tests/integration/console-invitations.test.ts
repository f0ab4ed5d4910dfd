import { createHash } from "node:crypto";
import { withControl } from "@leasehold/db/control/with-control";
import { newId } from "@leasehold/domain/ids";
import { openMail } from "@leasehold/tenancy/mail/open-mail";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newTenantRequest } from "../support/console-fixtures.ts";
import { type ConsoleWorld, startConsoleWorld } from "../support/console-world.ts";

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsoleWorld();
}, 180_000);
afterAll(() => world[Symbol.asyncDispose]());

const refused = (code: string, reason: string) => expect.objectContaining({ code, cause: expect.objectContaining({ reason }) });

/** A tenant that an operator added, as onboarding leaves it: active, its owner's invitation open. */
async function addActiveTenant() {
  const { tenantId, operationId } = await world.console.tenants.add(newTenantRequest());
  const of = [tenantId, operationId];
  await world.query(
    "insert into control.operation_steps (tenant_id, operation_id, step, position, stage, state) values ($1, $2, 'place', 1, 1, 'SUCCEEDED')",
    of,
  );
  await world.query(
    "update control.tenants set state = 'ACTIVE', placement = '{}', limits = '{}', current_operation = null where tenant_id = $1",
    [tenantId],
  );
  const [invitation] = await world.query("update control.invitations set state = 'PENDING' where tenant_id = $1 returning *", [tenantId]);
  const request = {
    tenantId,
    invitationId: String(invitation?.invitation_id),
    reason: "The mail was lost",
    idempotencyKey: newId("request"),
  };
  return { tenantId, invitation, request: { ...request, administratorEmail: "Grace@northwind.test" } };
}

const invitationOf = async (tenantId: string) =>
  (await world.query("select * from control.invitations where tenant_id = $1", [tenantId]))[0];
const mailsOf = (tenantId: string) =>
  world.query("select sealed from control.mail_outbox where tenant_id = $1 and next_attempt_at < 'infinity'", [tenantId]);

describe("sending the first administrator's invitation again", () => {
  test("makes a new link for a new term, mails it once, and is audited, however often it is sent", async () => {
    const { tenantId, invitation, request } = await addActiveTenant();
    await world.query("update control.invitations set expires_at = now() - interval '1 day' where tenant_id = $1", [tenantId]);
    const shown = await world.console.tenantRecords.people({ tenantId });
    expect(shown.invitations).toMatchObject([{ renewable: true, maskedEmail: "a…@northwind.test" }]);
    expect(await world.console.tenants.resendInvitation(request)).toBe("sent");
    expect(await world.console.tenants.resendInvitation(request)).toBe("repeated");
    const renewed = await invitationOf(tenantId);
    expect(renewed).toMatchObject({ email: "grace@northwind.test", email_mask: "g…@northwind.test", state: "PENDING", role: "owner" });
    expect(renewed?.token_hash).not.toBe(invitation?.token_hash);
    expect(new Date(renewed?.expires_at).getTime()).toBeGreaterThan(Date.now() + 13 * 86_400_000);
    const mails = await mailsOf(tenantId);
    expect(mails).toHaveLength(1);
    const mail = await openMail(world.mailPrivateJwk, mails[0]?.sealed);
    expect(mail).toMatchObject({ template: "invitation", to: "grace@northwind.test", props: { role: "owner" } });
    const token = new URL((mail.props as { url: string }).url).pathname.split("/").at(-1) ?? "";
    expect(createHash("sha256").update(token).digest("hex")).toBe(renewed?.token_hash);
    expect(
      await world.query("select actor, target, details from control.audit where tenant_id = $1 and action = 'invitation.renewed'", [
        tenantId,
      ]),
    ).toEqual([{ actor: `operator:${world.operatorId}`, target: request.invitationId, details: { reason: "The mail was lost" } }]);
  });

  test("is refused once somebody belongs to the tenant, and leaves nothing of the attempt", async () => {
    const { tenantId, invitation, request } = await addActiveTenant();
    await world.query("insert into control.members (tenant_id, user_id, role) values ($1, $2, 'owner')", [tenantId, newId("user")]);
    expect((await world.console.tenantRecords.people({ tenantId })).invitations).toMatchObject([{ renewable: false }]);
    await expect(world.console.tenants.resendInvitation(request)).rejects.toEqual(refused("PRECONDITION_FAILED", "invitation-not-open"));
    expect(await invitationOf(tenantId)).toMatchObject({ token_hash: invitation?.token_hash });
    expect(await mailsOf(tenantId)).toEqual([]);
  });

  test("is refused for one that is settled, for another tenant's, and before the tenant is active", async () => {
    const [first, second] = [await addActiveTenant(), await addActiveTenant()];
    await expect(world.console.tenants.resendInvitation({ ...first.request, invitationId: second.request.invitationId })).rejects.toEqual(
      refused("PRECONDITION_FAILED", "invitation-not-open"),
    );
    await world.query("update control.invitations set state = 'REVOKED', settled_at = now() where tenant_id = $1", [first.tenantId]);
    await expect(world.console.tenants.resendInvitation(first.request)).rejects.toEqual(
      refused("PRECONDITION_FAILED", "invitation-not-open"),
    );
    const young = await world.console.tenants.add(newTenantRequest());
    await expect(world.console.tenants.resendInvitation({ ...first.request, tenantId: young.tenantId })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(world.anonymous.tenants.resendInvitation(second.request)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });
});

describe("what a role may not read", () => {
  test.each([
    ["operator", "email", "invitations"],
    ["operator", "token_hash", "invitations"],
    ["operator", "tenant_id", "slugs"],
    ["portal", "tenant_id", "slugs"],
    ["worker", "tenant_id", "slugs"],
    ["auditor", "email", "invitations"],
    ["auditor", "token_hash", "invitations"],
    ["auditor", "capability_hash", "sign_ups"],
    ["auditor", "sealed", "mail_outbox"],
  ] as const)("%s: %s of %s", async (role, column, table) => {
    const [right] = await world.query("select has_column_privilege($1, $2, $3, 'SELECT') as may", [role, `control.${table}`, column]);
    expect(right).toEqual({ may: false });
  });

  test("the portal writes no events of operations", async () => {
    const [right] = await world.query("select has_table_privilege('portal', 'control.operation_events', 'INSERT') as may");
    expect(right).toEqual({ may: false });
  });

  test("the operator's role renews nothing but an operator's invitation of the first owner", async () => {
    const { tenantId } = await addActiveTenant();
    const change = () =>
      withControl(world.operator, { tenantId }, (tx) =>
        tx.execute(sql`UPDATE control.invitations SET expires_at = now() WHERE tenant_id = ${tenantId}`),
      );
    expect((await change()).rowCount).toBe(1);
    await world.query("update control.invitations set invited_by = 'user:usr_x' where tenant_id = $1", [tenantId]);
    expect((await change()).rowCount).toBe(0);
  });
});
