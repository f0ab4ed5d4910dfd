import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";
import { insertVariants, quoted } from "./insert-variants.ts";

/** Operations, their steps and the commands that begin them. */
export function operationGuards(ours: Seeded, theirs: Seeded): GuardProbe[] {
  const { tenantId, operationId } = ours;
  const of = `where tenant_id = '${tenantId}'`;
  const fresh = newId("tenant");
  const made = `insert into control.tenants (tenant_id, slug, name, plan, region) values ('${fresh}', 'a-fresh-one', 'x', 'p', 'r')`;
  const operation = {
    tenant_id: quoted(fresh),
    operation_id: quoted(newId("operation")),
    kind: "'onboarding'",
    workflow_id: quoted(newId("event")),
    requested_by: "'u'",
    state: "'REQUESTED'",
  };
  const notBare = {
    last_seq: "1",
    attention_step: "'s'",
    attention_code: "'c'",
    attention_reason: "'r'",
    started_at: "now()",
    finished_at: "now()",
    state: "'RUNNING'",
  };
  const command = {
    tenant_id: quoted(tenantId),
    command_id: quoted(newId("command")),
    operation_id: quoted(operationId),
    kind: "'k'",
    idempotency_key: quoted(newId("event")),
    body_hash: "'h'",
    actor: "'a'",
    request_id: "'r'",
  };
  const settled = { attempts: "1", refusal: "'x'", dispatched_at: "now()", state: "'DISPATCHED'" };
  const situation = { given: made, enter: { tenant: fresh } };
  const inState = (state: string, whose = tenantId) => `update control.operations set state = '${state}' where tenant_id = '${whose}'`;
  const [operations, steps] = [["control.operations"], ["control.operation_steps"]];
  const decides = { tables: operations, role: "operator", does: `update control.operations set state = 'REQUESTED' ${of}` } as const;
  const watches = { tables: operations, role: "worker", enter: "nobody" } as const;
  const theirsOpen = `select count(*) from control.operations where tenant_id = '${theirs.tenantId}'`;
  const step = `'${tenantId}', '${operationId}', 'place'`;
  const worker = { tables: steps, role: "worker" } as const;
  return [
    ...insertVariants("control.operations", "portal", operation, notBare, situation),
    ...insertVariants("control.operations", "portal", { ...operation, state: "'AWAITING_APPROVAL'" }, {}, situation),
    ...insertVariants("control.operations", "operator", operation, { state: "'AWAITING_APPROVAL'" }, situation),
    ...insertVariants("control.commands", "portal", command, settled),
    ...insertVariants("control.commands", "operator", { ...command, actor: "'operator:o'" }, { state: "'DISPATCHED'" }),
    {
      tables: ["control.commands"],
      role: "worker",
      enter: "nobody",
      what: "a command is settled",
      does: `update control.commands set attempts = 1 ${of}`,
      expect: 1,
    },
    { ...decides, what: "a decision", given: inState("AWAITING_APPROVAL"), expect: 1 },
    {
      ...decides,
      what: "a decision leaves its event",
      given: inState("AWAITING_APPROVAL"),
      after: `select count(*) from control.operation_events ${of}`,
      expect: 2,
    },
    {
      ...decides,
      what: "a running one is decided",
      given: inState("RUNNING"),
      does: `update control.operations set state = 'REJECTED' ${of}`,
      expect: 0,
    },
    {
      ...decides,
      what: "it is left as it is",
      given: inState("AWAITING_APPROVAL"),
      does: `update control.operations set last_seq = 7 ${of}`,
      expect: "42501",
    },
    { ...watches, what: "an open one is compared", given: inState("RUNNING", theirs.tenantId), does: theirsOpen, expect: 1 },
    { ...watches, what: "an ended one is compared", given: inState("SUCCEEDED", theirs.tenantId), does: theirsOpen, expect: 0 },
    {
      tables: operations,
      role: "portal",
      what: "a second one beside an open one",
      does: `insert into control.operations (tenant_id, operation_id, kind, workflow_id, requested_by) values ('${tenantId}', '${newId("operation")}', 'onboarding', 'w2', 'u')`,
      expect: "LH003",
    },
    {
      tables: operations,
      role: "worker",
      what: "an illegal transition",
      does: `update control.operations set state = 'SUCCEEDED' ${of}`,
      expect: "LH001",
    },
    {
      ...worker,
      what: "a step leaves its event",
      does: `update control.operation_steps set state = 'RUNNING' ${of}`,
      after: `select count(*) from control.operation_events ${of}`,
      expect: 2,
    },
    {
      ...worker,
      what: "a failed step keeps its lease",
      given: `update control.operation_steps set state = 'RUNNING', lease = gen_random_uuid() ${of}`,
      does: `update control.operation_steps set state = 'FAILED' ${of}`,
      after: `select count(lease) from control.operation_steps ${of}`,
      expect: 0,
    },
    {
      ...worker,
      what: "a step of a parked one begins",
      given: inState("NEEDS_ATTENTION"),
      does: `select count(*) from control.begin_step(${step}, 1, 1, 1)`,
      expect: "LH005",
    },
    {
      ...worker,
      what: "a running one is undone",
      given: inState("RUNNING"),
      does: `select count(*) from control.begin_undo(${step})`,
      expect: "LH005",
    },
    {
      ...worker,
      what: "a step is held without its lease",
      does: `select count(*) from control.hold_step(${step}, gen_random_uuid())`,
      expect: "LH005",
    },
  ];
}
