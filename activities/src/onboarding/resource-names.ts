import { epochKeyOf, onlyPool } from "@leasehold/domain/keys/epochs";
import { keyAliasOf, objectPrefixOf, siloDatabaseOf, stackNameOf } from "@leasehold/domain/placement";
import { needsStack, type PlacementPolicy } from "@leasehold/domain/plans";

/** Kinds of everything that is made for a tenant outside of the catalog's rows, as the catalog names them. */
export const resourceKinds = {
  key: "kms-key",
  /** The epoch that a tenant's data keys are under, which is its pool's. */
  epoch: "epoch",
  dataKey: "data-key",
  home: "tenant-home",
  database: "database",
  objectPrefix: "object-prefix",
  placement: "placement",
  limits: "limits",
  stack: "stack",
  bucket: "bucket",
  queue: "queue",
  role: "role",
} as const;

/** The tag that every AWS resource of a tenant carries. */
export const tenantTag = "leasehold:tenant";

/** IAM role names allow letters, digits and hyphens here. */
export function siloRoleOf(tenantId: string): string {
  return stackNameOf(tenantId).replace("leasehold-", "leasehold-silo-");
}

/** Everything that onboarding will make, by its name: names come from the tenant's id alone, so each is found again. */
export function intendedResources(tenantId: string, policy: PlacementPolicy): { kind: string; name: string }[] {
  const common = [
    policy.key === "epoch"
      ? { kind: resourceKinds.epoch, name: epochKeyOf(onlyPool) }
      : { kind: resourceKinds.key, name: keyAliasOf(tenantId) },
    { kind: resourceKinds.dataKey, name: tenantId },
    { kind: resourceKinds.home, name: tenantId },
    { kind: resourceKinds.objectPrefix, name: objectPrefixOf(tenantId) },
    { kind: resourceKinds.limits, name: tenantId },
    { kind: resourceKinds.placement, name: tenantId },
  ];
  const database = policy.database === "silo" ? [{ kind: resourceKinds.database, name: siloDatabaseOf(tenantId) }] : [];
  if (!needsStack(policy)) return [...common, ...database];
  const stack = stackNameOf(tenantId);
  return [
    ...common,
    ...database,
    { kind: resourceKinds.stack, name: stack },
    { kind: resourceKinds.bucket, name: stack },
    { kind: resourceKinds.queue, name: stack },
    { kind: resourceKinds.role, name: siloRoleOf(tenantId) },
  ];
}
