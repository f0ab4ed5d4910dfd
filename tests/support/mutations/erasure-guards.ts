import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";
import { quoted } from "./insert-variants.ts";

/** Nobody is erased under a legal hold; the seeded tenant is under one. The portal answers once, and forgets. */
export function erasureGuards(ours: Seeded, theirs: Seeded): GuardProbe[] {
  const erasures = { tables: ["control.person_erasures"] };
  const accounts = { tables: ["control.account_erasures"], role: "portal" } as const;
  const of = (seeded: Seeded) => `where tenant_id = ${quoted(seeded.tenantId)}`;
  const released = `update control.legal_holds set released_by = 'operator:o', released_at = now() ${of(ours)}; delete from control.person_erasures ${of(ours)}`;
  const asks = `insert into control.person_erasures (tenant_id, operation_id, user_id, pseudonym, documents, by_themselves)
    values (${quoted(ours.tenantId)}, ${quoted(ours.operationId)}, 'usr_x', ${quoted(newId("pseudonym"))}, 'keep', false)`;
  const answered = "user_id = null, outcome = 'in-use', answered_at = now()";
  return [
    {
      ...erasures,
      role: "portal",
      given: `delete from control.person_erasures ${of(ours)}`,
      what: "somebody is erased under a legal hold",
      does: asks,
      expect: "LH016",
    },
    { ...erasures, role: "portal", given: released, what: "somebody is erased", does: asks, expect: 1 },
    {
      ...accounts,
      enter: "nobody",
      what: "the portal finds what is asked",
      does: `select count(*) from control.account_erasures ${of(theirs)}`,
      expect: 1,
    },
    {
      ...accounts,
      enter: "nobody",
      given: `update control.account_erasures set ${answered} ${of(theirs)}`,
      what: "the portal finds what is answered",
      does: `select count(*) from control.account_erasures ${of(theirs)}`,
      expect: 0,
    },
    {
      ...accounts,
      what: "the portal finds another's from inside of a tenant",
      does: `select count(*) from control.account_erasures ${of(theirs)}`,
      expect: 0,
    },
    { ...accounts, what: "the portal answers", does: `update control.account_erasures set ${answered} ${of(ours)}`, expect: 1 },
    {
      ...accounts,
      given: `update control.account_erasures set ${answered} ${of(ours)}`,
      what: "the portal answers twice",
      does: `update control.account_erasures set outcome = 'deleted' ${of(ours)}`,
      expect: 0,
    },
  ];
}

/** An author is taken off, and never another. */
export function authorGuards({ tenantId }: Seeded): GuardProbe[] {
  return ["app.documents", "app.folders"].flatMap((table): GuardProbe[] => {
    const names = (author: string) => `update ${table} set created_by = '${author}' where tenant_id = ${quoted(tenantId)}`;
    const on = { tables: [table], role: "worker" } as const;
    return [
      { ...on, what: "an author is taken off", does: names("erased"), expect: 1 },
      { ...on, what: "an author is another", does: names("user:other"), expect: "42501" },
    ];
  });
}
