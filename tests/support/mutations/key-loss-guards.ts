import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";

/** Giving up keys that do not open: asked for and agreed to by two operators who may, once, and under no legal hold. */
export function keyLossGuards({ tenantId }: Seeded): GuardProbe[] {
  const of = `where tenant_id = '${tenantId}'`;
  const on = { tables: ["control.key_losses"], role: "operator" } as const;
  const noHold = `delete from control.legal_holds ${of}`;
  const asks = (by: string) =>
    `insert into control.key_losses (tenant_id, loss_id, pool, epoch, versions, requested_by, reason)
     values ('${tenantId}', '${newId("keyLoss")}', 'p', 2, '{1}', '${by}', 'r')`;
  const approves = (by: string) => `update control.key_losses set approved_by = '${by}', approved_at = now() ${of}`;
  const rejects = (by: string) => `update control.key_losses set rejected_by = '${by}', rejected_at = now() ${of}`;
  const ends = {
    tables: ["control.key_losses"],
    role: "worker",
    does: `update control.key_losses set destroyed = '[]', ended_at = now() ${of}`,
  } as const;
  return [
    { ...on, what: "keys are asked to be given up", does: asks("operator:o"), expect: 1 },
    { ...on, what: "they are asked to be by somebody whose role does not hold it", does: asks("operator:support"), expect: "LH032" },
    { ...on, what: "they are given up", given: noHold, does: approves("operator:p"), expect: 1 },
    { ...on, what: "they are by whoever asked", given: noHold, does: approves("operator:o"), expect: "23514" },
    { ...on, what: "they are by somebody whose role does not hold it", given: noHold, does: approves("operator:support"), expect: "LH032" },
    {
      ...on,
      what: "they are though whoever asked was deactivated",
      given: `${noHold}; insert into control.operator_roles (operator_id, seq, role, active, changed_by) values ('o', 2, 'admin', false, 'operator:x')`,
      does: approves("operator:p"),
      expect: "LH032",
    },
    { ...on, what: "they are under a legal hold", does: approves("operator:p"), expect: "LH016" },
    {
      ...on,
      what: "a legal hold that was released stands in the way",
      given: `update control.legal_holds set released_by = 'operator:o', released_at = now() ${of}`,
      does: approves("operator:p"),
      expect: 1,
    },
    { ...on, what: "they are once more", given: `${noHold}; ${approves("operator:q")}`, does: approves("operator:p"), expect: "LH001" },
    {
      ...on,
      what: "they are after they were not to be",
      given: `${noHold}; ${rejects("operator:q")}`,
      does: approves("operator:p"),
      expect: "LH001",
    },
    { ...on, what: "they are kept, under a legal hold as well", does: rejects("operator:p"), expect: 1 },
    { ...on, what: "they are kept by somebody whose role does not hold it", does: rejects("operator:support"), expect: "LH032" },
    { ...ends, what: "what was agreed to ends", given: approves("operator:p"), expect: 1 },
    { ...ends, what: "what nobody agreed to ends", expect: "23514" },
  ];
}
