import { epochKeyPolicyOf } from "@leasehold/activities/keys/epoch-key-policy";
import { keyPolicyOf } from "@leasehold/activities/onboarding/key-policy";
import { siloRoleOf } from "@leasehold/activities/onboarding/resource-names";
import type { TenantId } from "@leasehold/domain/ids";
import { epochKeyOf, onlyPool } from "@leasehold/domain/keys/epochs";
import { firstEpoch, objectPrefixOf, type Placement, stackNameOf } from "@leasehold/domain/placement";
import type { PolicyDocument } from "@leasehold/infra/local/aws-policies";
import { readTemplate } from "@leasehold/infra/local/templates/read-template";
import { type ResolvedResource, resolveTemplate } from "@leasehold/infra/local/templates/resolve-template";
import { sessionPolicyOf } from "@leasehold/tenancy/credentials/session-policy";

export const account = "123456789012";
export const region = "eu-central-1";
export const table = "leasehold-tenants";
export const tableArn = `arn:aws:dynamodb:${region}:${account}:table/${table}`;
export const issuerHost = "portal.example";
const place = { account, region };
const poolBucket = "leasehold-pool";

const platform = resolveTemplate(readTemplate("platform.yaml"), place, { PoolBucketName: poolBucket, TokenIssuerHost: issuerHost });
const pool = resolveTemplate(readTemplate("pool.yaml"), place, { PoolBucketName: poolBucket, WithTenantTable: "true" });
const siloTemplate = readTemplate("tenant-silo.yaml");

/** Everything that decides on what one tenant's credentials may do, as the templates and the kit make it. */
export interface TenantPolicies {
  tenantId: TenantId;
  placement: Placement;
  queueArn: string;
  role: PolicyDocument;
  trust: PolicyDocument;
  boundary: PolicyDocument | undefined;
  session: PolicyDocument;
  key: PolicyDocument;
  bucket: PolicyDocument;
}

const documentOf = (resource: ResolvedResource | undefined, property = "PolicyDocument") => asDocument(resource?.properties[property]);

/** A document that was written as text, because a condition's name is not known before, is one all the same. */
export function asDocument(value: unknown): PolicyDocument {
  return (typeof value === "string" ? JSON.parse(value) : value) as PolicyDocument;
}

const inlineOf = (resource: ResolvedResource | undefined) =>
  ((resource?.properties.Policies ?? []) as { PolicyDocument: PolicyDocument }[]).map(({ PolicyDocument: each }) => each);

export function pooledTenant(tenantId: TenantId): TenantPolicies {
  const roleArn = `arn:aws:iam::${account}:role/leasehold-tenant`;
  const keyArn = `arn:aws:kms:${region}:${account}:key/${tenantId}`;
  const placement = placementOf(tenantId, poolBucket, keyArn, roleArn);
  return {
    tenantId,
    placement,
    queueArn: queueOf(tenantId),
    role: inlineOf(platform.TenantRole)[0] as PolicyDocument,
    trust: documentOf(platform.TenantRole, "AssumeRolePolicyDocument"),
    boundary: undefined,
    session: sessionPolicyOf({ tenantId, placement }, table) as PolicyDocument,
    key: keyPolicyOf(tenantId, roleArn, { emulated: false }) as unknown as PolicyDocument,
    bucket: documentOf(pool.BucketPolicy),
  };
}

export function siloTenant(tenantId: TenantId): TenantPolicies {
  const name = stackNameOf(tenantId);
  const parameters = { TenantId: tenantId, ResourceName: name, RoleName: siloRoleOf(tenantId), TokenIssuerHost: issuerHost };
  const named = JSON.stringify(resolveTemplate(siloTemplate, place, parameters)).replaceAll(":key/Key", `:key/${tenantId}`);
  const resources = JSON.parse(named) as Record<string, ResolvedResource>;
  const placement = placementOf(
    tenantId,
    name,
    `arn:aws:kms:${region}:${account}:key/${tenantId}`,
    `arn:aws:iam::${account}:role/${siloRoleOf(tenantId)}`,
  );
  return {
    tenantId,
    placement,
    queueArn: queueOf(tenantId),
    role: documentOf(resources.RolePolicy),
    trust: documentOf(resources.Role, "AssumeRolePolicyDocument"),
    boundary: documentOf(platform.SiloBoundary),
    session: sessionPolicyOf({ tenantId, placement }, table) as PolicyDocument,
    key: documentOf(resources.Key, "KeyPolicy"),
    bucket: documentOf(resources.BucketPolicy),
  };
}

/** The KMS key of an epoch: its ARN, its policy, and what a tenant's session for it may. */
export const epochKeyArn = `arn:aws:kms:${region}:${account}:key/epoch`;
export const epochKey = epochKeyPolicyOf({ pool: onlyPool, epoch: 1 }, `arn:aws:iam::${account}:role/leasehold-tenant`, {
  emulated: false,
}) as unknown as PolicyDocument;
export function branchSession({ tenantId, placement }: TenantPolicies): PolicyDocument {
  return sessionPolicyOf({
    tenantId,
    placement: { ...placement, keyArn: epochKeyOf(onlyPool) },
    branchKeyArn: epochKeyArn,
  }) as PolicyDocument;
}

/** What the processes' own users and CloudFormation's role hold. */
export const principals = {
  application: { arn: `arn:aws:iam::${account}:user/leasehold-application`, policies: inlineOf(platform.ApplicationUser) },
  worker: { arn: `arn:aws:iam::${account}:user/leasehold-worker`, policies: inlineOf(platform.WorkerUser) },
  stacks: { arn: `arn:aws:sts::${account}:assumed-role/leasehold-stacks/AWSCloudFormation`, policies: inlineOf(platform.StackRole) },
};

const queueOf = (tenantId: TenantId) => `arn:aws:sqs:${region}:${account}:${stackNameOf(tenantId)}`;

function placementOf(tenantId: TenantId, bucket: string, keyArn: string, roleArn: string): Placement {
  return { region, database: "pool", bucket, objectPrefix: objectPrefixOf(tenantId), keyArn, roleArn, epoch: firstEpoch };
}
