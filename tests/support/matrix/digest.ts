import { createHash } from "node:crypto";
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { withConnection } from "@leasehold/db/client";
import { type Plane, planes } from "@leasehold/db/roles";
import { objectPrefixOf } from "@leasehold/domain/placement";
import type { World } from "../world.ts";

/** A hash of each table's rows of one tenant, and of its objects. */
export type Digest = Record<string, string>;

/** All that the tenant has in every database and in the bucket, as the owner sees it: every column, whoever may read it. */
export async function digestTenant(world: World, s3: S3Client, tenantId: string): Promise<Digest> {
  const digest: Digest = { objects: await digestObjects(world, s3, tenantId) };
  for (const plane of planes) Object.assign(digest, await digestPlane(world, plane, tenantId));
  return digest;
}

/** Names of tables, and `objects`, that differ; sorted. */
export function changedBetween(before: Digest, after: Digest): string[] {
  return Object.keys(before)
    .filter((table) => before[table] !== after[table])
    .toSorted();
}

/** What asking alone moves, for the tenant that asks: the count of its requests, and when a key was last used. */
const counters = "app.rate_buckets";
const lastUse = "- 'last_used_at'";

const tables = new Map<string, string[]>();

function digestPlane(world: World, plane: Plane, tenantId: string): Promise<Digest> {
  return withConnection(world.ownerUrl(plane), async (owner) => {
    const names = tables.get(plane) ?? (await owner.query<{ name: string }>(tablesOfTenants)).rows.map(({ name }) => name);
    tables.set(plane, names);
    const parts = names.map(
      (name) => `select '${name}' as name, md5(coalesce(string_agg(row, ',' order by row), '')) as hash
        from (select (to_jsonb(t) ${lastUse})::text as row from ${name} t where tenant_id = $1) as rows`,
    );
    const { rows } = await owner.query<{ name: string; hash: string }>(parts.join(" union all "), [tenantId]);
    return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
  });
}

const tablesOfTenants = `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) and n.nspname || '.' || c.relname <> '${counters}' order by 1`;

async function digestObjects(world: World, s3: S3Client, tenantId: string): Promise<string> {
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: world.stack.aws.poolBucket, Prefix: objectPrefixOf(tenantId) }),
  );
  const all = Contents.map(({ Key, ETag }) => `${Key} ${ETag}`).toSorted();
  return createHash("md5").update(all.join("\n")).digest("hex");
}
