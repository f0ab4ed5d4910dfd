import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";

/** Who takes an address, and who lets it go. */
export function slugGuards(ours: Seeded, theirs: Seeded): GuardProbe[] {
  const slugOf = (seeded: Seeded) => `where slug = '${(seeded.rows["control.slugs"] as { slug: string }).slug}'`;
  const tables = ["control.slugs"];
  const takes = { tables, does: `delete from control.slugs ${slugOf(theirs)}` };
  const failed = `update control.tenants set state = 'FAILED' where tenant_id = '${ours.tenantId}'`;
  const expired = `update control.slugs set reserved_until = now() - interval '1 hour' ${slugOf(theirs)}`;
  const lets = { tables, does: `delete from control.slugs ${slugOf(ours)}` };
  return [
    { ...takes, role: "portal", what: "an address in use is taken", expect: 0 },
    { ...takes, role: "portal", what: "one that is free again is taken", given: expired, expect: 1 },
    { tables, role: "portal", what: "it is confirmed", does: `update control.slugs set reserved_until = null ${slugOf(ours)}`, expect: 1 },
    { ...lets, role: "worker", what: "the worker lets its own go", expect: 1 },
    { ...lets, role: "operator", what: "a failed tenant's is let go", given: failed, expect: 1 },
    { ...lets, role: "operator", what: "another tenant's is let go", expect: 0 },
  ];
}
