import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, KMSClient, ListAliasesCommand, ListKeysCommand, ListResourceTagsCommand } from "@aws-sdk/client-kms";
import { ListBucketsCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { withConnection } from "@leasehold/db/client";
import { type Plane, planes } from "@leasehold/db/roles";
import { siloDatabaseOf, stackNameOf } from "@leasehold/domain/placement";
import { named } from "../support/inventory.ts";
import type { World } from "../support/world.ts";

/**
 * The records of an attempt that stay when everything else of a tenant is gone: of the tenant its id, and what its person asked for,
 * which only they and operators read.
 */
const records = [
  "control.audit",
  "control.audit_anchors",
  "control.audit_heads",
  "control.commands",
  "control.operation_events",
  "control.operation_steps",
  "control.operations",
  "control.outbox",
  "control.resources",
  "control.sign_ups",
  "control.tenants",
  "application.app.audit",
  "application.app.audit_heads",
];

/**
 * What is there of one tenant, asked of the AWS APIs and of every table with a tenant, not of the product's own list of
 * resources. Records of the attempt are left out; keys that wait for their deletion are named as such.
 */
export async function listTraces(world: World, tenantId: string): Promise<Record<string, number>> {
  const traces = new Map<string, number>();
  const add = (name: string, count = 1) => count > 0 && traces.set(name, (traces.get(name) ?? 0) + count);
  await Promise.all([
    ...planes.map((plane) => addRows(world, plane, tenantId, add)),
    addKeys(world, tenantId, add),
    addAws(world, tenantId, add),
  ]);
  return Object.fromEntries([...traces].toSorted());
}

type Add = (name: string, count?: number) => unknown;

async function addRows(world: World, plane: Plane, tenantId: string, add: Add): Promise<void> {
  await withConnection(world.ownerUrl(plane), async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(`
      select format('%I.%I', n.nspname, c.relname) as name from pg_attribute a
      join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where a.attname = 'tenant_id' and c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')`);
    const full = tables
      .map(({ name }) => ({ name, shown: plane === "control" ? name : `${plane}.${name}` }))
      .filter(({ shown }) => !records.includes(shown));
    const counts = full.map(({ name, shown }) => `select '${shown}' as name, count(*)::int as count from ${name} where tenant_id = $1`);
    const { rows } = await client.query<{ name: string; count: number }>(counts.join(" union all "), [tenantId]);
    for (const { name, count } of rows) add(name, count);
    if (plane === "control") {
      const failed = await client.query(`select from control.tenants where tenant_id = $1 and state = 'FAILED' and (${named})`, [tenantId]);
      add("name of a tenant that was not created", failed.rowCount ?? 0);
    }
    if (plane !== "application") return;
    const silos = await client.query("select from pg_database where datname = $1", [siloDatabaseOf(tenantId)]);
    add("silo database", silos.rowCount ?? 0);
  });
}

/** Every key is looked at by itself: the tag index could be behind. */
async function addKeys(world: World, tenantId: string, add: Add): Promise<void> {
  const kms = new KMSClient(world.aws("root"));
  const Limit = 1_000;
  const { Keys = [] } = await kms.send(new ListKeysCommand({ Limit }));
  const known = (keysSeen.get(world) ?? keysSeen.set(world, new Map()).get(world)) as Map<string, string>;
  for (const { KeyId = "" } of Keys) {
    if (!known.has(KeyId)) {
      const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
      known.set(KeyId, Tags.find(({ TagKey }) => TagKey === "leasehold:tenant")?.TagValue ?? "");
    }
    if (known.get(KeyId) !== tenantId) continue;
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    add(`key ${KeyMetadata?.KeyState}`);
  }
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({ Limit }));
  add("key alias", Aliases.filter(({ AliasName }) => AliasName?.includes(tenantId)).length);
}

/** A key's tags do not change in these tests. */
const keysSeen = new WeakMap<World, Map<string, string>>();

async function addAws(world: World, tenantId: string, add: Add): Promise<void> {
  const options = world.aws("root");
  const s3 = new S3Client(options);
  const name = stackNameOf(tenantId);
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const own = Buckets.filter((bucket) => bucket.Name?.includes(name)).map((bucket) => bucket.Name ?? "");
  add("bucket", own.length);
  for (const Bucket of [world.stack.aws.poolBucket, ...own]) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: `tenants/${tenantId}/` }));
    add("object version", Versions.length);
    add("delete marker", DeleteMarkers.length);
  }
  const stacks = await new CloudFormationClient(options).send(new DescribeStacksCommand({ StackName: name })).catch(() => undefined);
  add("stack", stacks?.Stacks?.filter(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE").length ?? 0);
  const role = await new IAMClient(options)
    .send(new GetRoleCommand({ RoleName: name.replace("leasehold-", "leasehold-silo-") }))
    .catch(() => undefined);
  add("role", role === undefined ? 0 : 1);
}
