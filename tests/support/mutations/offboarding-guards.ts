import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";
import { insertVariants, quoted } from "./insert-variants.ts";
import { shreddingGuards } from "./shredding-guards.ts";

/** Who may decide what about a closing, and until when. The seeded tenant is PROVISIONING, with one open legal hold. */
export function offboardingGuards(ours: Seeded, theirs: Seeded): GuardProbe[] {
  return [
    ...closingGuards(ours),
    ...legalHoldGuards(ours),
    ...tenantGuards(ours),
    ...operationGuards(ours),
    ...mailRequestGuards(ours, theirs),
    ...shreddingGuards(ours, theirs),
  ];
}

const of = ({ tenantId }: Seeded) => `where tenant_id = '${tenantId}'`;
const began = `hold_began_at = '2031-01-01', hold_ends_at = '2031-01-31'`;
const inState = (ours: Seeded, state: string, more = "") => `update control.tenants set state = '${state}'${more} ${of(ours)}`;
const holding = (ours: Seeded, more = "") =>
  `${inState(ours, "CLOSING")}; update control.offboardings set ${began}${more === "" ? "" : `, ${more}`} ${of(ours)}`;

function closingGuards(ours: Seeded): GuardProbe[] {
  const tables = ["control.offboardings"];
  const update = (values: string) => `update control.offboardings set ${values} ${of(ours)}`;
  const portal = { tables, role: "portal" } as const;
  const operator = { tables, role: "operator" } as const;
  const extends_ = update("hold_ends_at = '2031-02-10'");
  const earlier = update("hold_ends_at = '2031-01-10'");
  const [ownWish, otherWish] = ["user:u", "operator:o"].map((by) => `shorten_to = '2031-01-10', shorten_by = '${by}'`);
  const operationId = newId("operation");
  const row = (by: string) => ({
    tenant_id: quoted(ours.tenantId),
    operation_id: quoted(operationId),
    from_state: "'ACTIVE'",
    requested_by: quoted(by),
    hold_days: "0",
  });
  const change = (by: string) => ({
    tenant_id: quoted(ours.tenantId),
    operation_id: quoted(ours.operationId),
    change_id: quoted(newId("holdChange")),
    kind: "'extended'",
    actor: quoted(by),
  });
  const situation = {
    given: `insert into control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by)
      values ('${ours.tenantId}', '${operationId}', 'offboarding', 'REJECTED', '${operationId}', 'user:u')`,
  };
  return [
    ...insertVariants("control.offboardings", "portal", row("user:u"), { requested_by: "'operator:o'" }, situation),
    ...insertVariants("control.offboardings", "operator", row("operator:o"), { requested_by: "'user:u'" }, situation),
    ...insertVariants("control.hold_changes", "portal", change("user:u"), { actor: "'operator:o'", kind: "'ended'" }),
    ...insertVariants("control.hold_changes", "operator", change("operator:o"), { kind: "'began'" }),
    { ...portal, what: "a hold is extended", given: holding(ours), does: extends_, expect: 1 },
    {
      ...portal,
      what: "one of a tenant that is being shredded is",
      given: `${holding(ours)}; ${inState(ours, "SHREDDING")}`,
      does: extends_,
      expect: "LH014",
    },
    {
      ...portal,
      what: "one that was cancelled is",
      given: holding(ours, "cancelled_at = now(), cancelled_by = 'user:u'"),
      does: extends_,
      expect: "LH014",
    },
    {
      ...portal,
      what: "another is named as the one who cancelled",
      given: holding(ours, "cancelled_at = now(), cancelled_by = 'user:u'"),
      does: update("cancelled_by = 'user:v'"),
      expect: "LH014",
    },
    {
      ...portal,
      what: "an operator is named as the one who cancels",
      given: holding(ours),
      does: update("cancelled_at = now(), cancelled_by = 'operator:o'"),
      expect: "LH015",
    },
    {
      ...operator,
      what: "an owner is named as the one who cancels",
      given: holding(ours),
      does: update("cancelled_at = now(), cancelled_by = 'user:u'"),
      expect: "LH015",
    },
    { ...portal, what: "it ends earlier by one side's will", given: holding(ours), does: earlier, expect: "LH015" },
    { ...portal, what: "it ends earlier by its own wish", given: holding(ours, ownWish), does: earlier, expect: "LH015" },
    { ...portal, what: "it ends earlier by both sides' wish", given: holding(ours, otherWish), does: earlier, expect: 1 },
    { ...operator, what: "it ends earlier by the owner's wish", given: holding(ours, ownWish), does: earlier, expect: 1 },
    { ...portal, what: "the other side's wish is made up", given: holding(ours), does: update(otherWish ?? ""), expect: "LH015" },
    { ...portal, what: "one's own wish is written down", given: holding(ours), does: update(ownWish ?? ""), expect: 1 },
    { ...operator, what: "a closing is approved", does: update("approved_by = 'operator:p', approved_at = now()"), expect: 1 },
    {
      ...operator,
      what: "it is approved by another afterwards",
      given: update("approved_by = 'operator:p', approved_at = now()"),
      does: update("approved_by = 'operator:q'"),
      expect: "LH018",
    },
    {
      ...operator,
      what: "it is approved by whoever asked",
      given: update("requested_by = 'operator:p'"),
      does: update("approved_by = 'operator:p', approved_at = now()"),
      expect: "23514",
    },
  ];
}

function legalHoldGuards(ours: Seeded): GuardProbe[] {
  const tables = ["control.legal_holds"];
  const on = { tables, role: "operator" } as const;
  const places = `insert into control.legal_holds (tenant_id, hold_id, case_number, reason, placed_by)
    values ('${ours.tenantId}', '${newId("legalHold")}', 'another', 'r', 'operator:o')`;
  const releases = `update control.legal_holds set released_by = 'operator:o', released_at = now() ${of(ours)}`;
  return [
    { ...on, what: "a legal hold is placed", does: places, expect: 1 },
    { ...on, what: "one is placed past the point of no return", given: inState(ours, "SHREDDING"), does: places, expect: "LH014" },
    { ...on, what: "one is released", does: releases, expect: 1 },
    { ...on, what: "one is released again", given: releases, does: releases, expect: "LH001" },
  ];
}

function tenantGuards(ours: Seeded): GuardProbe[] {
  const tables = ["control.tenants"];
  const { tenantId, operationId } = ours;
  const worker = { tables, role: "worker" } as const;
  const goes = inState(ours, "SHREDDING", `, current_operation = '${operationId}'`);
  const noHold = `delete from control.legal_holds ${of(ours)}`;
  const member = `insert into control.members (tenant_id, user_id, role) values ('${tenantId}', '${newId("user")}', 'member')`;
  const invitation = `insert into control.invitations (tenant_id, invitation_id, email, role, token_hash, invited_by, expires_at, state)
    values ('${tenantId}', '${newId("invitation")}', 'c@example.test', 'member', '${newId("event")}', 'u', '2100-01-01', 'PENDING')`;
  const closing = inState(ours, "CLOSING");
  const wholeSteps = `update control.operation_steps set state = 'SUCCEEDED' ${of(ours)}`;
  const closes = inState(ours, "CLOSED", ", current_operation = null");
  const locks = `select count(control.lock_tenant('${tenantId}'))`;
  const rejected = `update control.operations set state = 'REJECTED' ${of(ours)}`;
  return [
    { ...worker, what: "shredded under a legal hold", given: holding(ours), does: goes, expect: "LH016" },
    { ...worker, what: "shredded without a hold", given: `${closing}; ${noHold}`, does: goes, expect: "LH001" },
    {
      ...worker,
      what: "shredded although cancelled",
      given: `${holding(ours, "cancelled_at = now(), cancelled_by = 'user:u'")}; ${noHold}`,
      does: goes,
      expect: "LH001",
    },
    { ...worker, what: "shredded after its hold", given: `${holding(ours)}; ${noHold}`, does: goes, expect: 1 },
    { ...worker, what: "closed with no certificate", given: `${inState(ours, "SHREDDING")}; ${wholeSteps}`, does: closes, expect: "LH002" },
    {
      ...worker,
      what: "closed whole",
      given: `${inState(ours, "SHREDDING")}; ${wholeSteps}; update control.operation_steps set step = 'certify' ${of(ours)}`,
      does: closes,
      expect: 1,
    },
    {
      ...worker,
      what: "frozen by an operation while another holds it",
      given: inState(ours, "ACTIVE"),
      does: `select count(control.begin_closing('${tenantId}', '${operationId}x', '${newId("event")}', '[]'))`,
      expect: "LH007",
    },
    { tables, role: "operator", what: "an operator locks a tenant", does: locks, expect: 1 },
    {
      tables,
      role: "operator",
      what: "an operator changes what it has locked",
      does: `update control.tenants set current_operation = null ${of(ours)}`,
      expect: "42501",
    },
    {
      tables,
      role: "operator",
      what: "an operator begins the shredding",
      given: `${holding(ours)}; ${noHold}; ${rejected}`,
      does: goes,
      expect: "42501",
    },
    {
      tables,
      role: "portal",
      what: "one that closes is renamed",
      given: closing,
      does: `update control.tenants set name = 'y' ${of(ours)}`,
      expect: "LH017",
    },
    {
      tables: ["control.members"],
      role: "portal",
      what: "one that closes takes somebody in",
      given: closing,
      does: member,
      expect: "LH017",
    },
    {
      tables: ["control.members"],
      role: "portal",
      what: "the last owner of one that closes goes",
      given: closing,
      does: `delete from control.members ${of(ours)}`,
      expect: "LH004",
    },
    { tables: ["control.invitations"], role: "portal", what: "one that closes invites", given: closing, does: invitation, expect: "LH017" },
  ];
}

function operationGuards(ours: Seeded): GuardProbe[] {
  const tables = ["control.operations"];
  const kind = `update control.operations set kind = 'offboarding', state`;
  const state = (to: string) => `update control.operations set state = '${to}' ${of(ours)}`;
  const approved = `update control.offboardings set approved_by = 'operator:p', approved_at = now() ${of(ours)}`;
  const waiting = `${kind} = 'AWAITING_APPROVAL' ${of(ours)}`;
  const running = `${kind} = 'RUNNING' ${of(ours)}`;
  const fresh = {
    tenant_id: quoted(ours.tenantId),
    operation_id: quoted(newId("operation")),
    kind: "'offboarding'",
    workflow_id: quoted(newId("event")),
    requested_by: "'operator:o'",
    state: "'AWAITING_APPROVAL'",
  };
  const nothingOpen = { given: `update control.operations set state = 'REJECTED' ${of(ours)}` };
  return [
    ...insertVariants("control.operations", "operator", fresh, { state: "'REQUESTED'" }, nothingOpen),
    { tables, role: "operator", what: "a closing begins with one pair of eyes", given: waiting, does: state("REQUESTED"), expect: "LH018" },
    { tables, role: "operator", what: "a closing begins with two", given: `${waiting}; ${approved}`, does: state("REQUESTED"), expect: 1 },
    { tables, role: "worker", what: "a closing is rolled back", given: running, does: state("ROLLING_BACK"), expect: 1 },
    {
      tables,
      role: "worker",
      what: "it is past the point of no return",
      given: `${running}; ${inState(ours, "SHREDDING")}`,
      does: state("ROLLING_BACK"),
      expect: "LH014",
    },
  ];
}

function mailRequestGuards(ours: Seeded, theirs: Seeded): GuardProbe[] {
  const tables = ["control.mail_requests"];
  const on = { tables, role: "portal" } as const;
  const seen = (whose: Seeded) => `select count(*) from control.mail_requests ${of(whose)}`;
  const addressed = (whose: Seeded) => `update control.mail_requests set addressed_at = now() ${of(whose)}`;
  return [
    { ...on, what: "a request is found by whoever addresses it", enter: "nobody", does: seen(theirs), expect: 1 },
    { ...on, what: "another's is found from inside of a tenant", does: seen(theirs), expect: 0 },
    { ...on, what: "one that was addressed is found by its own", given: addressed(ours), does: seen(ours), expect: 1 },
    { ...on, what: "one that was addressed is found by others", given: addressed(theirs), does: seen(theirs), expect: 0 },
    { ...on, what: "a request is addressed", does: addressed(ours), expect: 1 },
    { ...on, what: "it is addressed again", given: addressed(ours), does: addressed(ours), expect: 0 },
  ];
}
