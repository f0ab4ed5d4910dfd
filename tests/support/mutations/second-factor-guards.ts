import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";
import { quoted } from "./insert-variants.ts";

/** A second factor goes when two operators agree who may, in time, about somebody of the tenant; the portal answers once, and whose it was is forgotten. */
export function secondFactorGuards(ours: Seeded, theirs: Seeded): GuardProbe[] {
  const table = "control.second_factor_resets";
  const tables = [table];
  const on = { tables, role: "operator" } as const;
  const portal = { tables, role: "portal" } as const;
  const of = (seeded: Seeded) => `where tenant_id = ${quoted(seeded.tenantId)}`;
  const insert = (userId: string, by: string, tenantId = ours.tenantId) =>
    `insert into ${table} (tenant_id, reset_id, user_id, requested_by, reason)
     values (${[tenantId, newId("secondFactorReset"), userId, by, "r"].map(quoted).join(", ")})`;
  const asks = { ...on, given: `delete from ${table}` };
  const decides = (what: "approved" | "rejected", by: string, seeded = ours, more = "") =>
    `update ${table} set ${what}_by = ${quoted(by)}, ${what}_at = now(), decision_reason = 'r'${more} ${of(seeded)}`;
  const approves = (by: string) => decides("approved", by);
  const rejects = (by: string) => decides("rejected", by);
  const approved = approves("operator:p");
  const over = `update ${table} set approved_by = 'operator:p', approved_at = now(), decision_reason = 'r', user_id = null, outcome = 'none', sessions = 0, ended_at = now()`;
  const answers = `update ${table} set outcome = 'removed', sessions = 1, ended_at = now() ${of(ours)}`;
  const count = (seeded: Seeded) => `select count(*) from ${table} ${of(seeded)}`;
  return [
    { ...asks, what: "a member's second factor is asked to go", does: insert(ours.userId, "operator:o"), expect: 1 },
    { ...asks, what: "by somebody whose role does not hold it", does: insert(ours.userId, "operator:support"), expect: "LH032" },
    { ...asks, what: "that of somebody of another tenant", does: insert(theirs.userId, "operator:o"), expect: "23503" },
    { ...asks, what: "under another tenant", does: insert(theirs.userId, "operator:o", theirs.tenantId), expect: "42501" },
    { ...on, enter: "nobody", what: "operators see resets", does: count(ours), expect: 1 },
    { ...on, what: "it is agreed to", does: approved, expect: 1 },
    { ...on, what: "it is by whoever asked", does: approves("operator:o"), expect: "23514" },
    { ...on, what: "it is by somebody whose role does not hold it", does: approves("operator:support"), expect: "LH032" },
    {
      ...on,
      what: "it is though whoever asked was deactivated",
      given: `insert into control.operator_roles (operator_id, seq, role, active, changed_by) values ('o', 2, 'admin', false, 'operator:x')`,
      does: approved,
      expect: "LH032",
    },
    {
      ...on,
      what: "it is after seven days",
      given: `update ${table} set requested_at = now() - interval '7 days'`,
      does: approved,
      expect: "23514",
    },
    { ...on, what: "it is in another tenant", does: decides("approved", "operator:p", theirs), expect: 0 },
    { ...on, what: "it is once more", given: approves("operator:q"), does: approved, expect: "LH001" },
    {
      ...on,
      what: "it is after it was not to be",
      given: decides("rejected", "operator:q", ours, ", user_id = null"),
      does: approved,
      expect: "LH001",
    },
    { ...on, what: "it is not to be, after it was agreed to", given: approves("operator:q"), does: rejects("operator:p"), expect: "LH001" },
    { ...on, what: "it is not to be", does: rejects("operator:p"), after: `${count(ours)} and user_id is null`, expect: 1 },
    { ...on, what: "it is not to be, by somebody whose role does not hold it", does: rejects("operator:support"), expect: "LH032" },
    { ...portal, enter: "nobody", what: "the portal finds what is open", does: count(theirs), expect: 1 },
    { ...portal, enter: "nobody", given: over, what: "the portal finds what is over", does: count(theirs), expect: 0 },
    { ...portal, what: "the portal finds another's from inside of a tenant", does: count(theirs), expect: 0 },
    { ...portal, what: "the portal does it", given: approved, does: answers, expect: 1 },
    {
      ...portal,
      what: "whose it was is forgotten",
      given: approved,
      does: answers,
      after: `${count(ours)} and user_id is null`,
      expect: 1,
    },
    { ...portal, what: "the portal does what nobody agreed to", does: answers, expect: "23514" },
    { ...portal, given: over, what: "the portal does it twice", does: answers, expect: "LH001" },
  ];
}
