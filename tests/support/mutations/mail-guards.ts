import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";

/** Mail that waits: who may let it go, and who may take it away. */
export function mailGuards({ tenantId }: Seeded): GuardProbe[] {
  const of = `where tenant_id = '${tenantId}'`;
  const tables = ["control.mail_outbox"];
  const held = `update control.mail_outbox set next_attempt_at = 'infinity', template = 'sign-up-declined' ${of}`;
  const sent = `${held}; update control.mail_outbox set sent_at = now(), sealed = null ${of}`;
  const due = `${held}; update control.mail_outbox set next_attempt_at = now() ${of}`;
  const rejected = `update control.operations set state = 'REJECTED' ${of}`;
  const discards = { tables, role: "worker", does: `delete from control.mail_outbox ${of}` } as const;
  const releases = { tables, role: "operator", does: `update control.mail_outbox set next_attempt_at = now() ${of}` } as const;
  const byOperator = { ...discards, role: "operator" } as const;
  return [
    {
      tables,
      role: "portal",
      enter: { tenant: "" },
      what: "a mail of no tenant is queued",
      does: "insert into control.mail_outbox (mail_id, dedupe_key, template, sealed) values ('mail_x', 'x', 't', 's')",
      expect: 1,
    },
    {
      tables,
      role: "worker",
      enter: "nobody",
      what: "a mail is settled",
      does: `update control.mail_outbox set attempts = 1 ${of}`,
      expect: 1,
    },
    { ...discards, what: "a held mail is discarded", given: held, expect: 1 },
    { ...discards, what: "a mail that is due is discarded", given: due, expect: 0 },
    { ...discards, what: "a mail that was sent is discarded", given: sent, expect: 0 },
    { ...releases, what: "a declined person's mail goes", given: `${rejected}; ${held}`, expect: 1 },
    { ...releases, what: "it goes before the decision", given: held, expect: 0 },
    { ...releases, what: "one that is due goes", given: `${rejected}; ${due}`, expect: 0 },
    { ...releases, what: "one that was sent goes", given: `${rejected}; ${sent}`, expect: 0 },
    {
      ...releases,
      what: "another template goes",
      given: `${rejected}; ${held}; update control.mail_outbox set template = 't' ${of}`,
      expect: "42501",
    },
    { ...byOperator, what: "a declined person's other mail is discarded", given: `${rejected}; ${held}`, expect: 1 },
    { ...byOperator, what: "it is discarded before the decision", given: held, expect: 0 },
    { ...byOperator, what: "one that is due is discarded", given: `${rejected}; ${due}`, expect: 0 },
    { ...byOperator, what: "one that was sent is discarded", given: `${rejected}; ${sent}`, expect: 0 },
  ];
}
