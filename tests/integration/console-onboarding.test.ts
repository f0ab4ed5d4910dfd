import { createHash } from "node:crypto";
import { queueMail } from "@leasehold/db/control/mail/queue-mail";
import { withControl } from "@leasehold/db/control/with-control";
import { openMail } from "@leasehold/tenancy/mail/open-mail";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newTenantRequest, requestApproval } from "../support/console-fixtures.ts";
import { type ConsoleWorld, startConsoleWorld } from "../support/console-world.ts";

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsoleWorld();
}, 180_000);
afterAll(() => world[Symbol.asyncDispose]());

const rows = (text: string, ...values: unknown[]) => world.query(text, values);
const refused = (code: string, reason: string) => expect.objectContaining({ code, cause: expect.objectContaining({ reason }) });

describe("adding a tenant", () => {
  test("writes address, tenant, operation, held invitation, command and audit row at once", async () => {
    const request = newTenantRequest();
    const added = await world.console.tenants.add(request);
    expect(added.outcome).toBe("requested");
    const [tenant] = await rows("select * from control.tenants where tenant_id = $1", added.tenantId);
    expect(tenant).toMatchObject({ slug: request.slug, plan: "pro", state: "PROVISIONING", current_operation: added.operationId });
    const [operation] = await rows("select * from control.operations where operation_id = $1", added.operationId);
    expect(operation).toMatchObject({
      state: "REQUESTED",
      workflow_id: `onboarding:${added.operationId}`,
      requested_by: `operator:${world.operatorId}`,
    });
    const [invitation] = await rows("select * from control.invitations where tenant_id = $1", added.tenantId);
    expect(invitation).toMatchObject({ role: "owner", state: "HELD", email: request.administratorEmail });
    expect(operation.subject).toEqual({ plan: "pro", invitationId: invitation.invitation_id });
    expect(await rows("select kind, state from control.commands where tenant_id = $1", added.tenantId)).toEqual([
      { kind: "onboard-tenant", state: "PENDING" },
    ]);
    expect(await rows("select actor, action from control.audit where tenant_id = $1", added.tenantId)).toEqual([
      { actor: `operator:${world.operatorId}`, action: "onboarding.requested" },
    ]);
  });

  test("keeps the invitation's mail back until onboarding releases it, and its link fits the invitation", async () => {
    const request = newTenantRequest();
    const added = await world.console.tenants.add(request);
    const [invitation] = await rows("select * from control.invitations where tenant_id = $1", added.tenantId);
    const [mail] = await rows(
      "select *, next_attempt_at = 'infinity' as held from control.mail_outbox where tenant_id = $1",
      added.tenantId,
    );
    expect(mail).toMatchObject({ held: true, dedupe_key: `invitation:${invitation.invitation_id}`, template: "invitation" });
    const opened = await openMail(world.mailPrivateJwk, mail.sealed);
    expect(opened).toMatchObject({ to: request.administratorEmail, props: { organizationName: request.organizationName, role: "owner" } });
    const token = new URL((opened.props as { url: string }).url).pathname.split("/").at(-1) ?? "";
    expect(createHash("sha256").update(token).digest("hex")).toBe(invitation.token_hash);
  });

  test("gives the same operation back for the same key and body, also twenty times at once", async () => {
    const request = newTenantRequest();
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.console.tenants.add(request)));
    expect(new Set(answers.map((answer) => answer.operationId)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.tenantId)).size).toBe(1);
    expect(answers.filter((answer) => answer.outcome === "requested")).toHaveLength(1);
    expect(await rows("select from control.tenants where slug = $1", request.slug)).toHaveLength(1);
  });

  test("refuses the same key with another body, and changes nothing", async () => {
    const request = newTenantRequest();
    const added = await world.console.tenants.add(request);
    for (const change of [{ organizationName: "Another" }, { administratorEmail: "eve@northwind.test" }, { plan: "starter" as const }]) {
      await expect(world.console.tenants.add({ ...request, ...change })).rejects.toEqual(refused("CONFLICT", "idempotency-key-reused"));
    }
    expect(await rows("select name, plan from control.tenants where tenant_id = $1", added.tenantId)).toEqual([
      { name: request.organizationName, plan: "pro" },
    ]);
  });

  test("refuses an address that is taken, and leaves nothing of the attempt", async () => {
    const first = newTenantRequest();
    await world.console.tenants.add(first);
    const second = newTenantRequest({ slug: first.slug });
    await expect(world.console.tenants.add(second)).rejects.toEqual(refused("CONFLICT", "slug-taken"));
    expect(await rows("select from control.tenants where name = $1", second.organizationName)).toHaveLength(0);
    expect(await rows("select from control.commands where idempotency_key = $1", second.idempotencyKey)).toHaveLength(0);
    expect(await world.console.tenants.slugAvailability({ slug: first.slug })).toEqual({ status: "taken" });
  });

  test("refuses reserved addresses, unknown plans, other regions and malformed mail addresses", async () => {
    for (const change of [
      { slug: "admin" },
      { slug: "A b" },
      { plan: "gold" as never },
      { region: "us-east-1" },
      { administratorEmail: "ada" },
    ]) {
      await expect(world.console.tenants.add(newTenantRequest(change))).rejects.toMatchObject({ code: "BAD_REQUEST" });
    }
  });
});

describe("deciding about a sign-up that waits for approval", () => {
  const key = () => `decide-${Math.random().toString(36).slice(2)}-${Date.now()}`;

  test("approving queues the onboarding once, however often it is sent", async () => {
    const { tenantId, operationId } = await requestApproval(world);
    const decision = { tenantId, operationId, decision: "approve" as const, reason: "Contract signed", idempotencyKey: key() };
    expect(await world.console.operations.decide(decision)).toBe("approved");
    expect(await world.console.operations.decide(decision)).toBe("repeated");
    expect(await rows("select state from control.operations where operation_id = $1", operationId)).toEqual([{ state: "REQUESTED" }]);
    expect(await rows("select kind, reason from control.commands where operation_id = $1", operationId)).toEqual([
      { kind: "onboard-tenant", reason: "Contract signed" },
    ]);
    expect(await rows("select action, actor from control.audit where tenant_id = $1", tenantId)).toEqual([
      { action: "onboarding.approved", actor: `operator:${world.operatorId}` },
    ]);
  });

  test("rejecting fails the tenant, frees its address and never starts a workflow", async () => {
    const { tenantId, operationId, slug } = await requestApproval(world);
    const decision = { tenantId, operationId, decision: "reject" as const, reason: "Not a customer", idempotencyKey: key() };
    const held = (template: string) => ({ dedupeKey: `${template}:${operationId}`, template, sealed: "sealed", tenantId, held: true });
    await withControl(world.portal, { tenantId }, async (tx) => {
      for (const template of ["workspace-ready", "onboarding-failed", "sign-up-declined"]) await queueMail(tx, held(template));
    });
    expect(await world.console.operations.decide(decision)).toBe("rejected");
    expect(await world.console.operations.decide(decision)).toBe("repeated");
    expect(await rows("select template, next_attempt_at <= now() as due from control.mail_outbox where tenant_id = $1", tenantId)).toEqual([
      { template: "sign-up-declined", due: true },
    ]);
    expect(await rows("select state, current_operation from control.tenants where tenant_id = $1", tenantId)).toEqual([
      { state: "FAILED", current_operation: null },
    ]);
    expect(await rows("select state from control.operations where operation_id = $1", operationId)).toEqual([{ state: "REJECTED" }]);
    expect(await rows("select from control.commands where operation_id = $1", operationId)).toHaveLength(0);
    expect(await world.console.tenants.slugAvailability({ slug })).toEqual({ status: "available" });
    await expect(world.console.operations.decide({ ...decision, decision: "approve" })).rejects.toEqual(
      refused("PRECONDITION_FAILED", "not-awaiting-approval"),
    );
  });

  test("two operators who decide differently at once leave one decision", async () => {
    const { tenantId, operationId } = await requestApproval(world);
    const decide = (decision: "approve" | "reject") =>
      world.console.operations.decide({ tenantId, operationId, decision, reason: "Decided", idempotencyKey: key() });
    const outcomes = await Promise.allSettled([decide("approve"), decide("reject")]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("the operator's role can end a tenant only after a rejection", async () => {
    const added = await world.console.tenants.add(newTenantRequest());
    const changed = withControl(world.operator, { tenantId: added.tenantId }, (tx) =>
      tx.execute(sql`UPDATE control.tenants SET state = 'FAILED', current_operation = NULL WHERE tenant_id = ${added.tenantId}`),
    );
    await expect(changed).rejects.toMatchObject({ code: "FORBIDDEN" });
    const freed = await withControl(world.operator, { tenantId: added.tenantId }, (tx) =>
      tx.execute(sql`DELETE FROM control.slugs WHERE slug = (SELECT t.slug FROM control.tenants t WHERE t.tenant_id = ${added.tenantId})`),
    );
    expect(freed.rowCount).toBe(0);
  });
});
