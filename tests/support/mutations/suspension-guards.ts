import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";
import { insertVariants, quoted } from "./insert-variants.ts";

/** Who may suspend a tenant and end that, and when. The seeded tenant is PROVISIONING, held by its operation, with a suspension asked for. */
export function suspensionGuards(ours: Seeded): GuardProbe[] {
  const { tenantId, operationId } = ours;
  const of = `where tenant_id = '${tenantId}'`;
  const on = { tables: ["control.suspensions", "control.tenants"], role: "worker" } as const;
  const call = (verb: string, operation = operationId) => `select count(control.${verb}('${tenantId}', '${operation}'))`;
  const end = (verb: string) => `select count(control.${verb}('${tenantId}', '${operationId}', '${newId("event")}'))`;
  const inState = (state: string, by: string | null = operationId) =>
    `update control.tenants set state = '${state}', current_operation = ${by === null ? "null" : quoted(by)} ${of}`;
  const resuming = `update control.suspensions set action = 'resume', kind = null, access = null ${of}`;
  const another = newId("operation");
  const free = inState("ACTIVE", null);
  const row = {
    tenant_id: quoted(tenantId),
    operation_id: quoted(another),
    action: "'resume'",
    reason: "'r'",
    requested_by: "'operator:o'",
  };
  const asked = {
    given: `insert into control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by)
      values ('${tenantId}', '${another}', 'suspension', 'REJECTED', '${another}', 'operator:o')`,
  };
  return [
    ...insertVariants("control.suspensions", "operator", row, { requested_by: "'user:u'" }, asked),
    { ...on, what: "a suspension begins", given: free, does: call("begin_suspension"), expect: 1 },
    { ...on, what: "one that nobody asked for begins", given: free, does: call("begin_suspension", another), expect: "LH007" },
    {
      ...on,
      what: "one begins while another holds it",
      given: inState("ACTIVE", another),
      does: call("begin_suspension"),
      expect: "LH007",
    },
    { ...on, what: "one begins that was to end one", given: `${free}; ${resuming}`, does: call("begin_suspension"), expect: "LH007" },
    { ...on, what: "a tenant that is closing is suspended", given: inState("CLOSING"), does: call("begin_suspension"), expect: "LH007" },
    { ...on, what: "a suspension holds", given: inState("SUSPENDED"), does: end("end_suspension"), expect: 1 },
    { ...on, what: "one that was taken back holds", given: inState("ACTIVE"), does: end("end_suspension"), expect: "LH007" },
    { ...on, what: "an end begins", given: `${inState("SUSPENDED", null)}; ${resuming}`, does: call("begin_resumption"), expect: 1 },
    { ...on, what: "one begins of what is active", given: `${free}; ${resuming}`, does: call("begin_resumption"), expect: "LH007" },
    { ...on, what: "one begins that nobody asked for", given: inState("SUSPENDED", null), does: call("begin_resumption"), expect: "LH007" },
    { ...on, what: "a tenant is resumed", given: inState("SUSPENDED"), does: end("end_resumption"), expect: 1 },
    {
      ...on,
      what: "one is resumed while another holds it",
      given: inState("SUSPENDED", another),
      does: end("end_resumption"),
      expect: "LH007",
    },
    {
      ...on,
      what: "another's suspension is taken back",
      given: inState("SUSPENDED", another),
      does: call("undo_suspension"),
      after: `select count(*) from control.tenants ${of} and state = 'ACTIVE'`,
      expect: 0,
    },
  ];
}
