import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";
import { insertVariants, quoted } from "./insert-variants.ts";

/** The log of both planes: rows are added bare, sealed once and never changed; chains go forward. */
export function auditGuards(schema: "control" | "app", ours: Seeded, theirs: Seeded): GuardProbe[] {
  const [audit, heads] = [`${schema}.audit`, `${schema}.audit_heads`];
  const bytes = "decode(repeat('cd', 32), 'hex')";
  const seal = `seq = 2, details_commitment = ${bytes}, commitment = ${bytes}, link = ${bytes}, sealed_at = now()`;
  const of = (seeded: Seeded) => `where tenant_id = '${seeded.tenantId}'`;
  const row = {
    tenant_id: quoted(ours.tenantId),
    audit_id: quoted(newId("audit")),
    actor: "'user:x'",
    action: "'a.b'",
    target: "'t'",
    request_id: "'r'",
  };
  const worker = { tables: [audit], role: "worker" } as const;
  const anybody = { ...worker, enter: "nobody" } as const;
  const chain = { tables: [heads], role: "worker" } as const;
  return [
    ...insertVariants(audit, schema === "control" ? "portal" : "app_tenant", row, { seq: "1", link: bytes, erased_at: "now()" }),
    { ...worker, what: "a row is sealed", does: `update ${audit} set ${seal} ${of(ours)} and seq is null`, expect: 1 },
    {
      ...worker,
      what: "a sealed row is seen",
      given: `update ${audit} set ${seal} ${of(ours)}`,
      does: `select count(*) from ${audit} ${of(ours)}`,
      expect: 1,
    },
    { ...worker, what: "a row is rewritten", does: `update ${audit} set details = '{"a": 1}' ${of(ours)}`, expect: "42501" },
    { ...anybody, what: "the sealer finds a row", does: `select count(*) from ${audit} ${of(theirs)}`, expect: 1 },
    {
      ...anybody,
      what: "the sealer finds a sealed row",
      given: `update ${audit} set ${seal} ${of(theirs)}`,
      does: `select count(*) from ${audit} ${of(theirs)}`,
      expect: 0,
    },
    { ...chain, enter: "nobody", what: "a head that moved is found", does: `select count(*) from ${heads} ${of(theirs)}`, expect: 1 },
    {
      ...chain,
      enter: "nobody",
      what: "a head that is anchored is found",
      given: `update ${heads} set anchored_seq = seq ${of(theirs)}`,
      does: `select count(*) from ${heads} ${of(theirs)}`,
      expect: 0,
    },
    { ...chain, what: "a head is rewritten", does: `update ${heads} set link = ${bytes} ${of(ours)}`, expect: "42501" },
  ];
}
