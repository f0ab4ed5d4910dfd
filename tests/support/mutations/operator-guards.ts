import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";

/** What an operator's role decides, whatever the console thinks of it: `o` is an admin, `support` may hardly do anything. */
export function operatorGuards(ours: Seeded): GuardProbe[] {
  const { tenantId, operationId } = ours;
  const of = `where tenant_id = '${tenantId}'`;
  const insert = (table: string, row: Record<string, string>) =>
    `insert into control.${table} (${Object.keys(row).join(", ")}) values (${Object.values(row)
      .map((value) => (/^(\d+|now\(\))$/.test(value) ? value : `'${value}'`))
      .join(", ")})`;
  const command = (kind: string) => (actor: string) =>
    insert("commands", {
      tenant_id: tenantId,
      command_id: newId("command"),
      operation_id: operationId,
      kind,
      idempotency_key: newId("event"),
      body_hash: "h",
      actor,
      request_id: "r",
    });
  const audit = (action: string) => (actor: string) =>
    insert("audit", { tenant_id: tenantId, audit_id: newId("audit"), actor, action, target: "t", request_id: "r" });
  const role = (by: string, seq: string) => insert("operator_roles", { operator_id: "p", seq, role: "support", changed_by: by });
  const inactive = (who: string) =>
    `insert into control.operator_roles (operator_id, seq, role, active, changed_by) values ('${who}', 2, 'admin', false, 'operator:x')`;
  const admins = "from control.operator_roles r where r.role = 'admin' and r.operator_id not in ('o', 'p')";
  const others = `delete from control.operator_roles where seq > 1; insert into control.operator_roles (operator_id, seq, role, active, changed_by)
    select r.operator_id, 2, 'admin', false, 'operator:x' ${admins} and r.seq = 1`;
  const deactivates = inactive("p").replace("operator:x", "operator:o");
  const waiting = `update control.offboardings set requested_by = 'operator:q' ${of}`;
  const change = (actor: string) =>
    insert("hold_changes", { tenant_id: tenantId, operation_id: operationId, change_id: newId("holdChange"), kind: "extended", actor });
  const hold = (placed_by: string) =>
    insert("legal_holds", { tenant_id: tenantId, hold_id: newId("legalHold"), case_number: newId("event"), reason: "r", placed_by });
  const read = (actor: string) =>
    insert("payload_reads", { read_id: newId("audit"), actor, owner: "x", namespace: "n", payloads: "1", request_id: "r" });
  const approves = (by: string) => `update control.offboardings set approved_by = '${by}', approved_at = now() ${of}`;
  const releases = (by: string) => `update control.legal_holds set released_by = '${by}', released_at = now() ${of}`;
  const asked: [table: string, what: string, does: (actor: string) => string, enter?: "nobody"][] = [
    ["commands", "an onboarding is begun", command("onboard-tenant")],
    ["commands", "a closing is asked for", command("preview-offboarding")],
    ["commands", "a closing is begun", command("offboard-tenant")],
    ["commands", "a step is tried again", command("retry-step")],
    ["commands", "a tenant is suspended", command("suspend-tenant")],
    ["commands", "a suspension is ended", command("resume-tenant")],
    ["hold_changes", "a hold is changed", change],
    ["offboardings", "a closing is approved", approves],
    ["legal_holds", "a legal hold is placed", hold],
    ["legal_holds", "a legal hold is released", releases],
    ["audit", "a sign-up is declined", audit("onboarding.rejected")],
    ["audit", "a closing is declined", audit("offboarding.rejected")],
    ["audit", "an invitation is sent again", audit("invitation.renewed")],
    ["audit", "a mail is sent again", audit("mail.sent-again")],
    ["audit", "a tenant's payloads are read", audit("payloads.read")],
    ["payload_reads", "the platform's payloads are read", read, "nobody"],
  ];
  const weakest = (what: string) => (what === "an invitation is sent again" ? "operator:nobody" : "operator:support");
  const failed = `update control.mail_requests set failed_at = now(), failure = 'props-malformed' ${of}`;
  const resends = {
    tables: ["control.mail_requests"],
    role: "operator",
    does: `update control.mail_requests set failed_at = null, failure = null ${of}`,
  } as const;
  const roles = { tables: ["control.operator_roles"], role: "operator", enter: "nobody" } as const;
  const readAt = (days: number) => ({
    given: `${read("operator:o")}; update control.payload_reads set read_at = now() - interval '${days} days'`,
  });
  const forgets = { tables: ["control.payload_reads"], role: "worker", enter: "nobody" } as const;
  const seen = "select count(read_id) from control.payload_reads";
  // Without a condition nothing is read, so that the policy for deleting stands alone.
  const deletes = "delete from control.payload_reads";
  return [
    {
      tables: ["control.payload_reads"],
      role: "operator",
      enter: "nobody",
      ...readAt(1),
      what: "operators see reads",
      does: seen,
      expect: 1,
    },
    { ...forgets, ...readAt(31), what: "an old read is found", does: seen, expect: 1 },
    { ...forgets, ...readAt(29), what: "a young one is found", does: seen, expect: 0 },
    { ...forgets, ...readAt(31), enter: {}, what: "an old one is found from within a tenant", does: seen, expect: 0 },
    { ...forgets, ...readAt(31), what: "an old one is forgotten", does: deletes, expect: 1 },
    { ...forgets, ...readAt(29), what: "a young one is forgotten", does: deletes, expect: 0 },
    { ...forgets, ...readAt(31), enter: {}, what: "an old one is forgotten from within a tenant", does: deletes, expect: 0 },
    {
      tables: ["control.mail_requests"],
      role: "portal",
      what: "a mail is given up",
      does: `update control.mail_requests set failed_at = now(), failure = 'props-malformed' ${of}`,
      expect: 1,
    },
    {
      tables: ["control.mail_requests"],
      role: "operator",
      enter: "nobody",
      what: "an operator sees whose mail waits or was given up",
      does: `select count(request_key) from control.mail_requests ${of}`,
      expect: 1,
    },
    ...asked.flatMap(([table, what, does, enter]): GuardProbe[] => {
      const on = { tables: [`control.${table}`], role: "operator" as const, ...(enter === undefined ? {} : { enter }) };
      return [
        { ...on, what, does: does("operator:o"), expect: 1 },
        { ...on, what: `${what} by somebody whose role does not hold it`, does: does(weakest(what)), expect: "LH032" },
      ];
    }),
    { ...roles, what: "an account gets its first role", does: role("system:account", "1").replace("'p'", "'fresh'"), expect: 1 },
    { ...roles, what: "a role is changed by an admin", does: role("operator:o", "2"), expect: 1 },
    { ...roles, what: "a role is changed by somebody else", does: role("operator:support", "2"), expect: "LH032" },
    { ...roles, what: "an operator is deactivated", does: deactivates, expect: 1 },
    { ...roles, what: "one is by somebody who was", given: inactive("o"), does: deactivates, expect: "LH032" },
    { ...roles, what: "an operator is deactivated while one other admin is left", given: others, does: deactivates, expect: 1 },
    {
      ...roles,
      what: "the last admin is deactivated",
      given: `${others}; ${inactive("o")}`,
      does: deactivates,
      expect: "LH033",
    },
    {
      ...roles,
      what: "the last admin gets another role",
      given: `${others}; ${inactive("o")}`,
      does: role("operator:o", "2"),
      expect: "LH033",
    },
    {
      tables: ["control.offboardings"],
      role: "operator",
      what: "a closing is approved that somebody asked for who is deactivated",
      given: `${waiting}; ${inactive("q")}`,
      does: approves("operator:o"),
      expect: "LH032",
    },
    {
      tables: ["control.offboardings"],
      role: "operator",
      what: "a closing is approved that another operator asked for",
      given: waiting,
      does: approves("operator:o"),
      expect: 1,
    },
    { ...resends, what: "a mail that was given up is asked for again", given: failed, expect: 1 },
    { ...resends, what: "one that waits is", expect: 0 },
    {
      ...resends,
      what: "one that was given up is marked as sent",
      given: failed,
      does: resends.does.replace("failure = null", "failure = null, addressed_at = now()"),
      expect: "42501",
    },
    {
      ...resends,
      what: "why one was given up is put in other words",
      given: failed,
      does: `update control.mail_requests set failure = 'another' ${of}`,
      expect: "42501",
    },
    {
      ...resends,
      what: "one that was sent as well is asked for again",
      // The table's own check keeps such a row from being written at all.
      given: `alter table control.mail_requests drop constraint mail_requests_check1; ${failed}; update control.mail_requests set addressed_at = now() ${of}`,
      expect: "42501",
    },
    {
      ...resends,
      what: "one is for a tenant that is shredded",
      given: `${failed}; update control.tenants set state = 'SHREDDING' ${of}`,
      expect: 0,
    },
    {
      ...resends,
      what: "one is for a tenant that is closed",
      given: `${failed}; update control.tenants set state = 'CLOSED' ${of}`,
      expect: 0,
    },
    {
      ...resends,
      what: "one is without anybody to read it",
      given: `${failed}; update control.members set role = 'admin' ${of}`,
      expect: 0,
    },
    { ...roles, what: "one's own role is changed", does: role("operator:p", "2"), expect: "23514" },
    { ...roles, enter: {}, what: "a role is changed from within a tenant", does: role("operator:o", "2"), expect: "42501" },
  ];
}
