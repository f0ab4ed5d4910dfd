import type { StoreName } from "@leasehold/domain/offboarding/stores";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { auditTenant } from "../../audit-tenant.ts";
import { controlQuery } from "../with-control.ts";

type ControlStore = Extract<StoreName, `control.${string}`>;

interface ControlRows {
  /** Which of the tenant's rows hold something; all of them unless told. `$1` is the tenant, `$2` the operation. */
  holding?: string;
  /** Absent where rows stay. */
  erase?: string;
}

const ofTenant = "tenant_id = $1";
const goes = (table: string, holding = ofTenant): ControlRows => ({ holding, erase: `delete from ${table} where ${holding}` });
const stays: ControlRows = {};

/** A mail that waits for the end of this closing tells of it, and goes out with it. */
const unlessOfTheEnd = `${ofTenant} and not (next_attempt_at = 'infinity' and template = 'workspace-closed')`;
/** What asks for a retry of this very closing is read when it is carried out. */
const said = `${ofTenant} and operation_id is distinct from $2 and (payload <> '{}' or reason is not null)`;

/** Every table of the control database that names a tenant: what of it goes, and how. */
export const controlStores: Readonly<Record<ControlStore, ControlRows>> = {
  "control.audit": { holding: `${ofTenant} and details <> '{}'`, erase: "select control.erase_all_audit_details($1)" },
  "control.audit_heads": stays,
  "control.audit_anchors": stays,
  "control.tenant_keys": goes("control.tenant_keys"),
  "control.exports": goes("control.exports"),
  "control.export_parts": goes("control.export_parts"),
  "control.export_people": goes("control.export_people"),
  "control.commands": {
    holding: said,
    erase: `update control.commands set payload = '{}', reason = null where ${said} and state <> 'PENDING'`,
  },
  "control.members": goes("control.members"),
  "control.invitations": goes("control.invitations"),
  "control.sign_ups": goes("control.sign_ups"),
  "control.mail_outbox": goes("control.mail_outbox", unlessOfTheEnd),
  "control.mail_requests": goes("control.mail_requests", `${ofTenant} and template <> 'workspace-closed'`),
  "control.tenants": stays,
  "control.slugs": stays,
  "control.resources": stays,
  "control.operations": stays,
  "control.operation_steps": stays,
  "control.operation_events": stays,
  "control.account_erasures": stays,
  "control.person_erasures": stays,
  "control.outbox": stays,
  "control.offboardings": stays,
  "control.hold_changes": stays,
  "control.legal_holds": stays,
  "control.key_losses": stays,
  "control.suspensions": stays,
  "control.session_ends": stays,
  "control.second_factor_resets": stays,
  "control.offboarding_evidence": stays,
  "control.shredding_canaries": stays,
  "control.certificates": stays,
  "control.usage_totals": {
    holding: "pseudonym in (select o.pseudonym from control.offboardings o where o.tenant_id = $1 and o.operation_id = $2)",
  },
};

interface Ref {
  tenantId: string;
  operationId: string;
}

/** How many rows hold something of the tenant, as the role auditor sees them. */
export async function countControlRows(auditor: pg.Pool, store: ControlStore, { tenantId, operationId }: Ref): Promise<number> {
  const text = `select count(*)::integer as n from ${store} where ${numbered(controlStores[store].holding ?? ofTenant)}`;
  const [found] = await auditTenant<{ n: number }>(auditor, tenantId, text, [operationId]);
  return found?.n ?? 0;
}

/** Takes away what goes, as the worker inside the tenant. Nothing where rows stay. */
export async function eraseControlRows(control: pg.Pool, store: ControlStore, { tenantId, operationId }: Ref): Promise<void> {
  const { erase } = controlStores[store];
  if (erase === undefined) return;
  const [before = "", ...parts] = erase.split(/(\$[12])/);
  const query = sql.raw(before);
  for (const part of parts) query.append(part === "$1" ? sql`${tenantId}` : part === "$2" ? sql`${operationId}` : sql.raw(part));
  await controlQuery(control, { tenantId }, (tx) => tx.execute(query));
}

/** Both parameters are there in every count. */
function numbered(holding: string): string {
  return `${holding} and $2::text is not null`;
}
