import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";
import { quoted } from "./insert-variants.ts";

/** Who has whose sessions ended: operators of people in the tenant, admins of other operators. The portal answers once, and forgets. */
export function sessionGuards(ours: Seeded, theirs: Seeded): GuardProbe[] {
  const tables = ["control.session_ends"];
  const asks = { tables, role: "operator", given: "delete from control.session_ends" } as const;
  const portal = { tables, role: "portal" } as const;
  const of = (seeded: Seeded) => `where tenant_id = ${quoted(seeded.tenantId)}`;
  const insert = (userId: string, by: string, tenantId = ours.tenantId) =>
    `insert into control.session_ends (tenant_id, request_id, user_id, requested_by, reason)
     values (${[tenantId, newId("request"), userId, by, "r"].map(quoted).join(", ")})`;
  const ended = "user_id = null, sessions = 1, ended_at = now()";
  const admins = { tables: ["control.operator_session_ends"], role: "operator", enter: "nobody" } as const;
  const signsOut = (who: string, by: string) =>
    `insert into control.operator_session_ends (operator_id, request_id, ended_by, reason)
     values (${[who, newId("request"), by, "r"].map(quoted).join(", ")})`;
  const seen = "select count(*) from control.operator_session_ends";
  return [
    { ...asks, what: "a member's sessions are to end", does: insert(ours.userId, "operator:o"), expect: 1 },
    { ...asks, what: "by somebody whose role does not hold it", does: insert(ours.userId, "operator:support"), expect: "LH032" },
    { ...asks, what: "those of somebody of another tenant", does: insert(theirs.userId, "operator:o"), expect: "42501" },
    { ...asks, what: "under another tenant", does: insert(theirs.userId, "operator:o", theirs.tenantId), expect: "42501" },
    {
      tables,
      role: "operator",
      enter: "nobody",
      what: "operators see them",
      does: `select count(*) from control.session_ends ${of(ours)}`,
      expect: 1,
    },
    {
      ...portal,
      enter: "nobody",
      what: "the portal finds what is asked",
      does: `select count(*) from control.session_ends ${of(theirs)}`,
      expect: 1,
    },
    {
      ...portal,
      enter: "nobody",
      given: `update control.session_ends set ${ended} ${of(theirs)}`,
      what: "the portal finds what is done",
      does: `select count(*) from control.session_ends ${of(theirs)}`,
      expect: 0,
    },
    {
      ...portal,
      what: "the portal finds another's from inside of a tenant",
      does: `select count(*) from control.session_ends ${of(theirs)}`,
      expect: 0,
    },
    { ...portal, what: "the portal answers", does: `update control.session_ends set ${ended} ${of(ours)}`, expect: 1 },
    {
      ...portal,
      given: `update control.session_ends set ${ended} ${of(ours)}`,
      what: "the portal answers twice",
      does: `update control.session_ends set sessions = 2 ${of(ours)}`,
      expect: 0,
    },
    { ...admins, what: "an admin signs an operator out", does: signsOut("p", "operator:o"), expect: 1 },
    { ...admins, what: "somebody else does", does: signsOut("p", "operator:support"), expect: "LH032" },
    { ...admins, what: "somebody signs themselves out", does: signsOut("o", "operator:o"), expect: "23514" },
    { ...admins, enter: {}, what: "an admin does from within a tenant", does: signsOut("p", "operator:o"), expect: "42501" },
    { ...admins, given: signsOut("p", "operator:o"), what: "operators see whose were ended", does: seen, expect: 1 },
  ];
}
