import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import { auditGuards } from "./audit-guards.ts";
import { certificateGuards } from "./certificate-guards.ts";
import { erasureGuards } from "./erasure-guards.ts";
import { exportGuards } from "./export-guards.ts";
import type { GuardProbe, MakeGuards } from "./guard-probes.ts";
import { insertVariants, quoted } from "./insert-variants.ts";
import { keyLossGuards } from "./key-loss-guards.ts";
import { mailGuards } from "./mail-guards.ts";
import { offboardingGuards } from "./offboarding-guards.ts";
import { operationGuards } from "./operation-guards.ts";
import { operatorGuards } from "./operator-guards.ts";
import { secondFactorGuards } from "./second-factor-guards.ts";
import { sessionGuards } from "./session-guards.ts";
import { slugGuards } from "./slug-guards.ts";
import { suspensionGuards } from "./suspension-guards.ts";

/** What the control database holds whatever code runs, policy by policy and guard by guard. */
export const controlGuards: MakeGuards = (ours, theirs) => [
  ...tenantGuards(ours, theirs),
  ...peopleGuards(ours),
  ...slugGuards(ours, theirs),
  ...operationGuards(ours, theirs),
  ...offboardingGuards(ours, theirs),
  ...mailGuards(ours),
  ...auditGuards("control", ours, theirs),
  ...keyGuards(theirs),
  ...keyLossGuards(ours),
  ...poolGuards,
  ...certificateGuards(ours, theirs),
  ...erasureGuards(ours, theirs),
  ...operatorGuards(ours),
  ...sessionGuards(ours, theirs),
  ...secondFactorGuards(ours, theirs),
  ...suspensionGuards(ours),
  ...exportGuards(ours),
];

const onePool = { tables: ["control.pools"], given: "insert into control.pools (pool) values ('x')" };
const poolGuards: GuardProbe[] = [
  { ...onePool, role: "operator", what: "an operator sees a pool", does: "select count(*) from control.pools where pool = 'x'", expect: 1 },
  { ...onePool, role: "worker", what: "the worker fills a pool", does: "update control.pools set taken = 1 where pool = 'x'", expect: 1 },
];

function tenantGuards({ tenantId, userId, operationId }: Seeded, theirs: Seeded): GuardProbe[] {
  const table = "control.tenants";
  const fresh = newId("tenant");
  const row = { tenant_id: quoted(fresh), slug: "'a-fresh-one'", name: "'x'", plan: "'p'", region: "'r'" };
  const notBare = { placement: "'{}'", limits: "'{}'", versions: `'{"a": 1}'`, activated_at: "now()", state: "'ACTIVE'" };
  const enter = { tenant: fresh };
  const of = `where tenant_id = '${tenantId}'`;
  const rejected = `update control.operations set state = 'REJECTED' ${of}`;
  const whole = `update control.tenants set placement = '{}', limits = '{}' ${of}; update control.operation_steps set state = 'SUCCEEDED' ${of}`;
  const tables = [table];
  const on = { tables, role: "operator" } as const;
  const by = { tables, role: "worker" } as const;
  const fails = `update control.tenants set state = 'FAILED', current_operation = null ${of}`;
  // An operator's lock reaches the same rows: without it the policy of rejections answers alone.
  const unlocked = "drop policy if exists operator_locks on control.tenants";
  return [
    ...insertVariants(table, "portal", row, notBare, { enter }),
    ...insertVariants(table, "operator", row, { state: "'ACTIVE'" }, { enter }),
    { tables, role: "portal", what: "the portal renames", does: `update control.tenants set name = 'y' ${of}`, expect: 1 },
    {
      tables,
      role: "portal",
      what: "a member finds it",
      enter: { tenant: "", user: userId },
      does: `select count(*) from control.tenants ${of}`,
      expect: 1,
    },
    {
      tables,
      role: "portal",
      what: "a member finds it from inside of another",
      enter: { tenant: theirs.tenantId, user: userId },
      does: `select count(*) from control.tenants ${of}`,
      expect: 0,
    },
    { ...on, what: "a rejected one fails", given: rejected, does: fails, expect: 1 },
    { ...on, what: "one that is not rejected fails", does: fails, expect: "42501" },
    {
      ...on,
      what: "a used one fails",
      given: `${rejected}; update control.tenants set state = 'ACTIVE' ${of}`,
      does: fails,
      expect: "LH001",
    },
    {
      ...on,
      what: "a rejected one is let go alone",
      given: rejected,
      does: `update control.tenants set current_operation = null ${of}`,
      expect: "42501",
    },
    {
      ...on,
      what: "a rejected one fails and is held",
      given: rejected,
      does: `update control.tenants set state = 'FAILED' ${of}`,
      expect: "42501",
    },
    { ...on, what: "a rejected one is reached", given: `${unlocked}; ${rejected}`, does: fails, expect: 1 },
    { ...on, what: "one that is not rejected is reached", given: unlocked, does: fails, expect: 0 },
    {
      ...on,
      what: "a used one is reached",
      given: `${unlocked}; ${rejected}; update control.tenants set state = 'ACTIVE' ${of}`,
      does: fails,
      expect: 0,
    },
    { ...by, what: "an illegal transition", does: `update control.tenants set state = 'SUSPENDED' ${of}`, expect: "LH001" },
    {
      ...by,
      what: "activated with a step open",
      given: `update control.tenants set placement = '{}', limits = '{}' ${of}`,
      does: `update control.tenants set state = 'ACTIVE' ${of}`,
      expect: "LH002",
    },
    {
      ...by,
      what: "activated with no owner",
      given: `${whole}; delete from control.members ${of}; delete from control.invitations ${of}`,
      does: `update control.tenants set state = 'ACTIVE' ${of}`,
      expect: "LH002",
    },
    {
      ...by,
      what: "activated with something released",
      given: `${whole}; update control.resources set state = 'RELEASED' ${of}`,
      does: `update control.tenants set state = 'ACTIVE' ${of}`,
      expect: "LH002",
    },
    { ...by, what: "activated whole", given: whole, does: `update control.tenants set state = 'ACTIVE' ${of}`, expect: 1 },
    {
      ...by,
      what: "taken from an operation",
      does: `update control.tenants set current_operation = '${operationId}x' ${of}`,
      expect: "LH003",
    },
    {
      ...by,
      what: "a seat in a pool that is full",
      does: `select count(*) from control.take_place('${tenantId}', '${operationId}', '{}', 0, '[]', '[]')`,
      expect: "LH006",
    },
    {
      ...by,
      what: "activated by an operation that does not hold it",
      does: `select count(*) from control.activate_tenant('${tenantId}', '${operationId}x', '${newId("event")}')`,
      expect: "LH007",
    },
  ];
}

function peopleGuards({ tenantId, userId, operationId }: Seeded): GuardProbe[] {
  const of = `where tenant_id = '${tenantId}'`;
  const [members, invitations, signUps] = [["control.members"], ["control.invitations"], ["control.sign_ups"]];
  const member = { tenant_id: quoted(tenantId), user_id: quoted(newId("user")), role: "'member'" };
  const invitation = {
    tenant_id: quoted(tenantId),
    invitation_id: quoted(newId("invitation")),
    email: "'b@example.test'",
    role: "'member'",
    token_hash: quoted(newId("event")),
    invited_by: "'u'",
    expires_at: "'2100-01-01'",
  };
  const first = `update control.invitations set role = 'owner', invited_by = 'operator:x' ${of}`;
  const alone = `delete from control.members ${of}`;
  const renews = { tables: invitations, role: "operator", does: `update control.invitations set token_hash = 'n' ${of}` } as const;
  const refuses = `grant update (state, role) on control.invitations to operator; ${first}; ${alone}`;
  const verified = `update control.sign_ups set state = 'VERIFIED', operation_id = '${operationId}', user_id = '${userId}', verified_at = now() ${of}`;
  return [
    ...insertVariants("control.members", "portal", member, { operation_id: "'op'" }),
    {
      tables: members,
      role: "portal",
      what: "finds one's memberships",
      enter: { tenant: "", user: userId },
      does: `select count(*) from control.members ${of}`,
      expect: 1,
    },
    {
      tables: members,
      role: "portal",
      what: "the last owner is removed",
      given: `update control.tenants set state = 'ACTIVE' ${of}`,
      does: `delete from control.members ${of}`,
      expect: "LH004",
    },
    ...insertVariants(
      "control.invitations",
      "portal",
      { ...invitation, state: "'PENDING'" },
      { state: "'ACCEPTED'", accepted_by: "'u'", settled_at: "now()" },
    ),
    ...insertVariants("control.invitations", "operator", { ...invitation, state: "'HELD'" }, { state: "'PENDING'" }),
    {
      tables: invitations,
      role: "portal",
      what: "the token's holder finds it",
      enter: { tenant: "", capability: tenantId },
      does: `select count(*) from control.invitations ${of}`,
      expect: 1,
    },
    { ...renews, what: "the first one is renewed", given: `${first}; ${alone}`, expect: 1 },
    {
      ...renews,
      what: "a member's is renewed",
      given: `${first}; update control.invitations set role = 'member' ${of}; ${alone}`,
      expect: 0,
    },
    {
      ...renews,
      what: "a person's is renewed",
      given: `${first}; update control.invitations set invited_by = 'user:x' ${of}; ${alone}`,
      expect: 0,
    },
    {
      ...renews,
      what: "a held one is renewed",
      given: `${first}; update control.invitations set state = 'HELD' ${of}; ${alone}`,
      expect: 0,
    },
    { ...renews, what: "one of a tenant with people is renewed", given: first, expect: 0 },
    { ...renews, what: "it is accepted", given: refuses, does: `update control.invitations set state = 'ACCEPTED' ${of}`, expect: "42501" },
    {
      ...renews,
      what: "it is for a member",
      given: refuses,
      does: `update control.invitations set role = 'member' ${of}`,
      expect: "42501",
    },
    {
      tables: signUps,
      role: "portal",
      what: "who verified it finds it",
      given: verified,
      enter: { tenant: "", user: userId },
      does: `select count(*) from control.sign_ups ${of}`,
      expect: 1,
    },
    {
      tables: signUps,
      role: "portal",
      what: "its holder finds it",
      enter: { tenant: "", capability: tenantId },
      does: `select count(*) from control.sign_ups ${of}`,
      expect: 1,
    },
    { tables: signUps, role: "portal", what: "it expires", does: `update control.sign_ups set state = 'EXPIRED' ${of}`, expect: 1 },
    {
      tables: signUps,
      role: "portal",
      what: "one that has expired is made",
      given: `delete from control.sign_ups ${of}`,
      does: `insert into control.sign_ups (sign_up_id, idempotency_key, body_hash, capability_hash, tenant_id, slug, organization_name, plan, region, state, expires_at)
        values ('sup_x', 'k', 'h', 'c', '${tenantId}', 's', 'o', 'p', 'r', 'EXPIRED', now())`,
      expect: "42501",
    },
  ];
}

function keyGuards({ tenantId }: Seeded): GuardProbe[] {
  const watches = { tables: ["control.tenant_keys"], role: "worker", enter: "nobody" } as const;
  const does = `select count(*) from control.tenant_keys where tenant_id = '${tenantId}'`;
  return [
    {
      ...watches,
      what: "a customer's key is watched",
      given: `update control.tenant_keys set custody = 'customer' where tenant_id = '${tenantId}'`,
      does,
      expect: 1,
    },
    { ...watches, what: "the platform's key is watched", does, expect: 0 },
    {
      ...watches,
      what: "a key that does not open is found",
      given: `update control.tenant_keys set unreadable = '{}' where tenant_id = '${tenantId}'`,
      does,
      expect: 1,
    },
  ];
}
