/** Where the resources of one tenant are. Written by onboarding, kept in the catalog and beside the data, ids only. */
export interface Placement {
  region: string;
  /** The application database: `pool` is the shared one, otherwise the name of the tenant's own. */
  database: "pool" | { name: string };
  bucket: string;
  /** Ends in a slash: `tenants/tnt_…/`. */
  objectPrefix: string;
  /** ARN of the KMS key that wraps the tenant's data keys. */
  keyArn: string;
  /** ARN of the role that tenant-scoped credentials are vended from. */
  roleArn: string;
  /** Counts placements of the data; a request that carries an older one is refused at the fence. */
  epoch: number;
}

export const firstEpoch = 1;

export function objectPrefixOf(tenantId: string): string {
  return `tenants/${tenantId}/`;
}

/** KMS aliases hold no name of the customer: the id only. */
export function keyAliasOf(tenantId: string): string {
  return `alias/leasehold/${tenantId}`;
}

/** CloudFormation stack names allow letters, digits and hyphens only. */
export function stackNameOf(tenantId: string): string {
  return `leasehold-${tenantId.replace("_", "-").toLowerCase()}`;
}

/** Postgres folds unquoted names to lower case; the silo's name is lower case from the start. */
export function siloDatabaseOf(tenantId: string): string {
  return `silo_${tenantId.toLowerCase()}`;
}

/** A tenant that every environment has for good, so that others can be shown to be refused its data. */
export const canaryTenantId = "tnt_00000000000000000000CANARY" as const;
