import { createPool } from "@leasehold/db/client";
import { beginClosing, openHold } from "@leasehold/db/control/offboarding/begin-closing";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { changeOperation } from "@leasehold/db/control/operations/change-operation";
import { withControl } from "@leasehold/db/control/with-control";
import type { TenantContext } from "@leasehold/domain/context";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { firstEpoch, objectPrefixOf } from "@leasehold/domain/placement";
import type pg from "pg";
import type { TestDatabases } from "../databases.ts";
import { type KnownOperator, operators } from "../operators.ts";

export const dayMs = 86_400_000;
/** When holds of these tests begin by the workflow's clock. */
export const holdBegins = Date.UTC(2031, 0, 1);

/** The three processes' pools on one control database. */
export interface ControlPools {
  portal: pg.Pool;
  operator: pg.Pool;
  worker: pg.Pool;
}

export interface TenantToClose {
  tenantId: TenantId;
  slug: string;
  userId: string;
  owner: TenantContext;
  /** Operators by name: the same name is the same person. */
  operator(name?: KnownOperator): TenantContext;
}

export interface Closing extends TenantToClose {
  operationId: OperationId;
}

export function connectControl(databases: Pick<TestDatabases, "urlOf">, max = 8): ControlPools & { end(): Promise<void> } {
  const open = (role: "portal" | "operator" | "worker") => createPool(databases.urlOf("control", role), { max });
  const pools = { portal: open("portal"), operator: open("operator"), worker: open("worker") };
  return { ...pools, end: async () => void (await Promise.all(Object.values(pools).map((pool) => pool.end()))) };
}

/** A whole tenant of the pool with one owner and no data, written as the owner of the databases. */
export async function seedActiveTenant(
  databases: Pick<TestDatabases, "query">,
  { state = "ACTIVE" as "ACTIVE" | "SUSPENDED" } = {},
): Promise<TenantToClose> {
  const tenantId = newId("tenant");
  const userId = newId("user");
  const slug = `close-${tenantId.slice(-20).toLowerCase()}`;
  const place = {
    region: "eu-central-1",
    database: "pool",
    bucket: "leasehold-pool",
    objectPrefix: objectPrefixOf(tenantId),
    keyArn: "arn:aws:kms:eu-central-1:000000000000:key/none",
    roleArn: "arn:aws:iam::000000000000:role/none",
    epoch: firstEpoch,
  };
  await databases.query(
    "control",
    `with t as (
       insert into control.tenants (tenant_id, slug, name, plan, region, state, placement, limits, activated_at)
       values ($1, $2, 'To be closed', 'pro', 'eu-central-1', $3, $4, '{}', now()))
     , s as (insert into control.slugs (slug, tenant_id) values ($2, $1))
     insert into control.members (tenant_id, user_id, role) values ($1, $5, 'owner')`,
    [tenantId, slug, state, JSON.stringify(place), userId],
  );
  await databases.query(
    "application",
    `with h as (insert into app.tenant_home (tenant_id, epoch, mode) values ($1, 1, 'rw'))
     insert into app.tenant_placement (tenant_id, epoch, state, plan, region, database, bucket, object_prefix, key_arn, role_arn)
     values ($1, 1, $2, 'pro', $3, 'pool', $4, $5, $6, $7)`,
    [tenantId, state, place.region, place.bucket, place.objectPrefix, place.keyArn, place.roleArn],
  );
  const requestId = newId("request");
  return {
    tenantId,
    slug,
    userId,
    owner: { tenantId, actor: { type: "user", userId }, requestId },
    operator: (name = "ada") => ({ tenantId, actor: { type: "operator", operatorId: operators[name] }, requestId }),
  };
}

/** What was asked for by the tenant's owner, or by an operator, in their own process. */
export async function requestClosing(
  pools: ControlPools,
  tenant: TenantToClose,
  { by = "owner" as "owner" | "operator", holdDays = 30, withExport = false } = {},
): Promise<Closing> {
  const [pool, ctx] = by === "owner" ? [pools.portal, tenant.owner] : [pools.operator, tenant.operator()];
  const { operationId } = await requestOffboarding(pool, ctx, {
    reason: "No longer needed",
    confirmation: tenant.slug,
    withExport,
    holdDays,
    idempotencyKey: newId("command"),
  });
  return { ...tenant, operationId };
}

/** A closing in its hold, as the steps of the workflow leave it: begun at `holdBegins`, with no legal hold; `first` comes before the hold. */
export async function openClosing(
  databases: Pick<TestDatabases, "query">,
  pools: ControlPools,
  { state = "ACTIVE" as "ACTIVE" | "SUSPENDED", holdDays = 30, first = async (_closing: Closing): Promise<unknown> => undefined } = {},
): Promise<Closing> {
  const closing = await requestClosing(pools, await seedActiveTenant(databases, { state }), { holdDays });
  const { tenantId, operationId } = closing;
  await withControl(pools.worker, { tenantId }, async (tx) => {
    await changeOperation(tx, { tenantId, operationId, from: ["REQUESTED"], to: "RUNNING" });
    await beginClosing(tx, { tenantId, operationId, ended: [] });
  });
  await first(closing);
  await withControl(pools.worker, { tenantId }, (tx) => openHold(tx, { tenantId, operationId, at: new Date(holdBegins) }));
  return closing;
}

export interface ClosingFacts {
  state: string;
  operation: string;
  current_operation: string | null;
  cancelled: boolean;
  shredding_at: Date | null;
  pseudonym: string | null;
  ends_at: Date | null;
  open_holds: number;
}

/** What the catalog says of a closing, past every policy. */
export async function readFacts(databases: Pick<TestDatabases, "query">, { tenantId, operationId }: Closing): Promise<ClosingFacts> {
  const [facts] = await databases.query<ClosingFacts>(
    "control",
    `select t.state, p.state as operation, t.current_operation, o.cancelled_at is not null as cancelled, o.shredding_at, o.pseudonym,
       o.hold_ends_at as ends_at,
       (select count(*)::int from control.legal_holds h where h.tenant_id = t.tenant_id and h.released_at is null) as open_holds
     from control.tenants t join control.offboardings o on o.tenant_id = t.tenant_id
       join control.operations p on p.tenant_id = t.tenant_id and p.operation_id = o.operation_id
     where t.tenant_id = $1 and o.operation_id = $2`,
    [tenantId, operationId],
  );
  if (facts === undefined) throw new Error(`there is no closing ${operationId}`);
  return facts;
}
