import { CloudFormationClient, ListStacksCommand } from "@aws-sdk/client-cloudformation";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, KMSClient, paginateListAliases, paginateListKeys } from "@aws-sdk/client-kms";
import { ListBucketsCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Plane, planes } from "@leasehold/db/roles";
import type { World } from "./world.ts";

/** Whether a row of control.tenants says more than its id and its end. */
export const named = "state <> 'FAILED' or name <> tenant_id or slug <> lower(replace(tenant_id, '_', '-'))";

/** What is there, by kind; taken from the providers and the database catalogues, never from our own resource table. */
export interface Inventory {
  present: string[];
  /** KMS keys that wait for their deletion. */
  pendingDeletion: string[];
}

/** The operation's own record and its audit rows: what a rollback leaves, by design. */
const records =
  /^control\.(operations|operation_steps|operation_events|operation_exclusions|commands|resources|audit|audit_heads|audit_anchors|mail_outbox)$|^app\.audit(_heads)?$/;

export async function takeInventory(world: World): Promise<Inventory> {
  const keys = await listKeys(world);
  const parts = await Promise.all([listAws(world), ...planes.map((plane) => countRows(world, plane)), listDatabases(world)]);
  const alive = keys.filter(({ state }) => state !== "PendingDeletion").map(({ arn, state }) => `key ${arn} ${state}`);
  return {
    present: [...parts.flat(), ...alive].sort(),
    pendingDeletion: keys.filter(({ state }) => state === "PendingDeletion").map(({ arn }) => arn),
  };
}

async function listKeys(world: World): Promise<{ arn: string; state: string }[]> {
  const kms = new KMSClient(world.aws("root"));
  const found: { arn: string; state: string }[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {})) {
    for (const { KeyId } of Keys) {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      found.push({ arn: KeyMetadata?.Arn ?? "", state: KeyMetadata?.KeyState ?? "" });
    }
  }
  return found;
}

async function listAws(world: World): Promise<string[]> {
  const options = world.aws("root");
  const s3 = new S3Client(options);
  const names: string[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client: new KMSClient(options) }, {})) {
    names.push(...Aliases.map(({ AliasName }) => `alias ${AliasName}`));
  }
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  for (const { Name } of Buckets) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: Name }));
    const live = Versions.filter(({ IsLatest }) => IsLatest);
    const old = [...Versions.filter(({ IsLatest }) => !IsLatest), ...DeleteMarkers];
    names.push(`bucket ${Name}`, ...live.map(({ Key }) => `object ${Name}/${Key}`), ...old.map(({ Key }) => `version ${Name}/${Key}`));
  }
  const { StackSummaries = [] } = await new CloudFormationClient(options).send(new ListStacksCommand({}));
  const stacks = StackSummaries.filter(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE");
  names.push(...stacks.map(({ StackName, StackStatus }) => `stack ${StackName} ${StackStatus}`));
  const { QueueUrls = [] } = await new SQSClient(options).send(new ListQueuesCommand({}));
  const { Roles = [] } = await new IAMClient(options).send(new ListRolesCommand({}));
  names.push(...QueueUrls.map((url) => `queue ${url}`), ...Roles.map(({ RoleName }) => `role ${RoleName}`));
  return [...new Set(names)];
}

/** What counts in a table in place of its rows. Of a tenant whose onboarding was rolled back, its id is left and nothing that names it. */
const values: Readonly<Record<string, string>> = {
  "control.pools": "coalesce(sum(taken), 0)",
  "control.tenants": `count(*) filter (where ${named})`,
};

/** Rows of every table that is not a record, as the auditor sees them. */
async function countRows(world: World, plane: Plane): Promise<string[]> {
  const pool = world.pool(plane, "auditor");
  const { rows } = await pool.query<{ name: string }>(`
    select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('control', 'app', 'keyring') and c.relkind in ('r', 'p') and not c.relispartition order by 1`);
  const counts: string[] = [];
  for (const { name } of rows.filter((row) => !records.test(row.name))) {
    const value = values[name] ?? "count(*)";
    const counted = await pool.query<{ n: string }>(`select ${value} as n from ${name}`);
    counts.push(`rows ${name} ${counted.rows[0]?.n}`);
  }
  return counts;
}

async function listDatabases(world: World): Promise<string[]> {
  const { rows } = await world
    .pool("control", "auditor")
    .query<{ datname: string }>("select datname from pg_database where datname like 'silo%'");
  return rows.map(({ datname }) => `database ${datname}`);
}
