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
    ["audit", "a tenant's payloads are read", audit("payloads.read")],
    ["payload_reads", "the platform's payloads are read", read, "nobody"],
  ];
  const weakest = (what: string) => (what === "an invitation is sent again" ? "operator:nobody" : "operator:support");
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
    { ...roles, what: "one's own role is changed", does: role("operator:p", "2"), expect: "23514" },
    { ...roles, enter: {}, what: "a role is changed from within a tenant", does: role("operator:o", "2"), expect: "42501" },
  ];
}
