import { createHash } from "node:crypto";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { withConnection, withDatabase } from "@leasehold/db/client";
import { changeOperation } from "@leasehold/db/control/operations/change-operation";
import { beginSuspension, endSuspension } from "@leasehold/db/control/suspension/change-suspension";
import { requestSuspension, type SuspensionRequest } from "@leasehold/db/control/suspension/request-suspension";
import { withControl } from "@leasehold/db/control/with-control";
import type { TenantContext } from "@leasehold/domain/context";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import type pg from "pg";
import { awaitOutcome, type OperationRow } from "./onboarding-outcome.ts";
import { operators } from "./operators.ts";
import type { RequestedTenant } from "./request-onboarding.ts";
import type { World } from "./world.ts";

type Asked = SuspensionRequest extends infer R ? (R extends unknown ? Omit<R, "reason" | "idempotencyKey"> : never) : never;

/** What an operator wrote, and nobody of the tenant is to read. */
export const privateReason = "Invoices of three months are open";

export const closedFor = { action: "suspend", kind: "security", access: "closed" } as const satisfies Asked;
export const readOnlyFor = { action: "suspend", kind: "non-payment", access: "read-only" } as const satisfies Asked;
export const resumed = { action: "resume" } as const satisfies Asked;

/** What an operator asks for in the console. */
export async function askFor(
  world: World,
  { tenantId }: { tenantId: TenantId },
  asked: Asked,
  idempotencyKey: string = newId("command"),
): Promise<OperationId> {
  const ctx: TenantContext = { tenantId, actor: { type: "operator", operatorId: operators.ada }, requestId: newId("request") };
  const request = { ...asked, reason: privateReason, idempotencyKey } as SuspensionRequest;
  return (await requestSuspension(world.pool("control", "operator"), ctx, request)).operationId;
}

/** The same, and waits until it has ended or waits for a person. */
export async function carryOut(world: World, tenant: RequestedTenant, asked: Asked): Promise<OperationRow & { operationId: OperationId }> {
  const operationId = await askFor(world, tenant, asked);
  return { ...(await awaitOutcome(world, { ...tenant, operationId })), operationId };
}

/** A suspension as its workflow leaves it in the catalog, where no worker runs. */
export async function suspendInCatalog(pools: { operator: pg.Pool; worker: pg.Pool }, tenantId: TenantId, asked: Asked): Promise<void> {
  const ctx: TenantContext = { tenantId, actor: { type: "operator", operatorId: operators.ada }, requestId: newId("request") };
  const request = { ...asked, reason: privateReason, idempotencyKey: newId("command") } as SuspensionRequest;
  const { operationId } = await requestSuspension(pools.operator, ctx, request);
  await withControl(pools.worker, { tenantId }, async (tx) => {
    await changeOperation(tx, { tenantId, operationId, from: ["REQUESTED"], to: "RUNNING" });
    await beginSuspension(tx, { tenantId, operationId });
    await endSuspension(tx, { tenantId, operationId });
    await changeOperation(tx, { tenantId, operationId, from: ["RUNNING"], to: "SUCCEEDED" });
  });
}

/** Everything that a suspension may touch and more, as the owner of the databases sees it; of bytes their digest. */
export async function snapshot(world: World, { tenantId }: { tenantId: TenantId }): Promise<Record<string, unknown>> {
  const tables = {
    control: {
      "control.tenants": "- 'updated_at'",
      "control.members": "",
      "control.invitations": "",
      "control.legal_holds": "",
      "control.tenant_keys": "- 'checked_at'",
      // An operation that gives a grant again is another, and so is the grant's id.
      "control.resources": "- 'operation_id' - 'ref' - 'made_at' - 'intended_at'",
    },
    application: {
      "app.tenant_home": "",
      "app.tenant_placement": "- 'updated_at'",
      "app.tenant_limits": "",
      "app.documents": "",
      "app.folders": "",
      "app.api_keys": "- 'last_used_at'",
    },
    keyring: { "keyring.data_keys": "" },
  } as const;
  const found: Record<string, unknown> = {};
  const readAll = (url: string, columns: Record<string, string>, prefix = "") =>
    withConnection(url, async (owner) => {
      for (const [table, without] of Object.entries(columns)) {
        const text = `select to_jsonb(t) ${without} as row from ${table} t where tenant_id = $1 order by 1`;
        const { rows } = await owner.query<{ row: unknown }>(text, [tenantId]);
        found[prefix + table] = table === "keyring.data_keys" ? createHash("sha256").update(JSON.stringify(rows)).digest("hex") : rows;
      }
    });
  for (const [plane, columns] of Object.entries(tables)) await readAll(world.ownerUrl(plane as keyof typeof tables), columns);
  const [placement] = (found["app.tenant_placement"] as { row: { key_arn: string; database: string } }[]) ?? [];
  if (placement !== undefined && placement.row.database !== "pool") {
    await readAll(withDatabase(world.ownerUrl("application"), placement.row.database), tables.application, "silo ");
  }
  return { ...found, key: await keyStateOf(world, placement?.row.key_arn ?? "") };
}

/** What KMS says of a key; null of one that is its pool's. */
export async function keyStateOf(world: World, keyArn: string): Promise<string | null> {
  if (!keyArn.startsWith("arn:")) return null;
  const kms = new KMSClient(world.aws("root"));
  return (await kms.send(new DescribeKeyCommand({ KeyId: keyArn }))).KeyMetadata?.KeyState ?? null;
}

/** What a tenant's home, its placement, its keys and the catalog say of its suspension. */
export async function factsOf(world: World, { tenantId }: { tenantId: TenantId }) {
  const one = (url: string, text: string) => withConnection(url, async (owner) => (await owner.query(text, [tenantId])).rows[0]);
  const pool = world.ownerUrl("application");
  const placement = await one(pool, "select state, suspended_access, key_arn, database from app.tenant_placement where tenant_id = $1");
  const homeUrl = placement.database === "pool" ? pool : withDatabase(pool, placement.database);
  const home = await one(homeUrl, "select mode from app.tenant_home where tenant_id = $1");
  const keys = await one(
    world.ownerUrl("keyring"),
    "select count(*)::int as all, count(withheld_at)::int as withheld from keyring.data_keys where tenant_id = $1",
  );
  const tenant = await one(
    world.ownerUrl("control"),
    "select state, suspended_access, current_operation from control.tenants where tenant_id = $1",
  );
  return {
    state: tenant.state,
    access: tenant.suspended_access,
    heldBy: tenant.current_operation,
    published: placement.state,
    publishedAccess: placement.suspended_access,
    home: home.mode,
    withheld: keys.withheld > 0 && keys.withheld === keys.all,
    key: await keyStateOf(world, placement.key_arn),
  };
}

export const activeFacts = {
  state: "ACTIVE",
  access: null,
  heldBy: null,
  published: "ACTIVE",
  publishedAccess: null,
  home: "rw",
  withheld: false,
};
