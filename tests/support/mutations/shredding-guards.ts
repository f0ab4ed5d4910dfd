import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";

/** What goes behind the point of no return and not before it. The seeded tenant is PROVISIONING. */
export function shreddingGuards(ours: Seeded, theirs: Seeded): GuardProbe[] {
  return [...erasingGuards(ours), ...tombstoneGuards(ours), ...commandGuards(ours), ...totalsGuards(ours, theirs)];
}

const of = ({ tenantId }: Seeded) => `where tenant_id = '${tenantId}'`;
const shredded = (ours: Seeded) => `update control.tenants set state = 'SHREDDING', current_operation = '${ours.operationId}' ${of(ours)}`;

function erasingGuards(ours: Seeded): GuardProbe[] {
  return ["control.sign_ups", "control.mail_outbox", "control.tenant_keys"].flatMap((table): GuardProbe[] => {
    const erase = { tables: [table], role: "worker", does: `delete from ${table} ${of(ours)}` } as const;
    return [
      { ...erase, what: `${table} is erased of a tenant that is used`, expect: 0 },
      { ...erase, what: `${table} is erased past the point of no return`, given: shredded(ours), expect: 1 },
    ];
  });
}

function tombstoneGuards(ours: Seeded): GuardProbe[] {
  const { tenantId, operationId } = ours;
  const pseudonym = newId("pseudonym");
  const tables = ["control.tenants"];
  const worker = { tables, role: "worker" } as const;
  const past = `update control.offboardings set shredding_at = now(), pseudonym = '${pseudonym}', hold_began_at = now(), hold_ends_at = now() ${of(ours)}`;
  const whole = `update control.operation_steps set state = 'SUCCEEDED', step = 'certify' ${of(ours)}`;
  const closes = `select count(control.close_tenant('${tenantId}', '${operationId}', '${newId("event")}'))`;
  const given = `${shredded(ours)}; ${past}`;
  return [
    {
      ...worker,
      what: "a tenant loses its address before its end",
      given,
      does: `update control.tenants set slug = 'z-z-z' ${of(ours)}`,
      expect: "LH001",
    },
    {
      ...worker,
      what: "it loses its name before its end",
      given,
      does: `update control.tenants set name = 'z' ${of(ours)}`,
      expect: "LH001",
    },
    { ...worker, what: "it is closed before its steps are done", given, does: closes, expect: "LH002" },
    {
      ...worker,
      what: "it is closed, and only its pseudonym is left",
      given: `${given}; ${whole}`,
      does: closes,
      after: `select count(*) from control.tenants where state = 'CLOSED' and name = '${pseudonym}' and slug = lower(replace('${pseudonym}', '_', '-'))`,
      expect: 1,
    },
    {
      ...worker,
      what: "a tombstone changes its name",
      given: `${given}; ${whole}; update control.tenants set state = 'CLOSED' ${of(ours)}`,
      does: `update control.tenants set name = 'z' ${of(ours)}`,
      expect: "LH001",
    },
    {
      ...worker,
      what: "a tenant that was never opened ends under its id",
      does: `update control.tenants set state = 'FAILED', current_operation = null, name = tenant_id, slug = 'z-z-z' ${of(ours)}`,
      expect: 1,
    },
    {
      ...worker,
      what: "it ends under another name",
      does: `update control.tenants set state = 'FAILED', current_operation = null, name = 'z' ${of(ours)}`,
      expect: "LH001",
    },
    {
      ...worker,
      what: "audit details go, and the rows stay",
      given: `update control.audit set details = '{"a": 1}', seq = 1, details_commitment = sha256('a'), commitment = sha256('a'), link = sha256('a'), sealed_at = now() ${of(ours)}`,
      does: `select count(control.erase_all_audit_details('${tenantId}'))`,
      after: `select count(*) from control.audit ${of(ours)} and details = '{}' and salt is null and erased_at is not null`,
      expect: 1,
    },
  ];
}

function commandGuards(ours: Seeded): GuardProbe[] {
  const blank = `update control.commands set payload = '{}', reason = null ${of(ours)}`;
  const settled = `update control.commands set state = 'DISPATCHED', reason = 'r' ${of(ours)}`;
  const worker = { tables: ["control.commands"], role: "worker" } as const;
  return [
    { ...worker, what: "a command of a tenant that is used loses its reason", given: settled, does: blank, expect: "LH001" },
    {
      ...worker,
      what: "a settled one loses it past the point of no return",
      given: `${settled}; ${shredded(ours)}`,
      does: blank,
      expect: 1,
    },
    {
      ...worker,
      what: "one that waits loses it",
      given: `${settled}; update control.commands set state = 'PENDING' ${of(ours)}; ${shredded(ours)}`,
      does: blank,
      expect: "LH001",
    },
    {
      ...worker,
      what: "it is given another reason",
      given: `${settled}; ${shredded(ours)}`,
      does: `update control.commands set reason = 'another' ${of(ours)}`,
      expect: "LH001",
    },
  ];
}

function totalsGuards(ours: Seeded, theirs: Seeded): GuardProbe[] {
  const [own, foreign] = [newId("pseudonym"), newId("pseudonym")];
  const named = (tenant: Seeded, pseudonym: string) =>
    `update control.offboardings set shredding_at = now(), pseudonym = '${pseudonym}' ${of(tenant)}`;
  const given = `${named(ours, own)}; ${named(theirs, foreign)}`;
  const note = (pseudonym: string) =>
    `insert into control.usage_totals (pseudonym, month, metric, quantity, plan) values ('${pseudonym}', '2031-01-01', 'documents', 1, 'pro')`;
  const seen = "select count(*) from control.usage_totals";
  const worker = { tables: ["control.usage_totals"], role: "worker" } as const;
  return [
    { ...worker, what: "totals are kept under the tenant's pseudonym", given, does: note(own), expect: 1 },
    { ...worker, what: "they are kept under another's", given, does: note(foreign), expect: "42501" },
    { ...worker, what: "the tenant's own totals are seen", given: `${given}; ${note(own)}; ${note(foreign)}`, does: seen, expect: 1 },
    {
      ...worker,
      role: "operator",
      what: "operators see all totals",
      given: `${given}; ${note(own)}; ${note(foreign)}`,
      does: seen,
      expect: 2,
    },
  ];
}
