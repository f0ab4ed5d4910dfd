import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import type { KMSClient } from "@aws-sdk/client-kms";
import type { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { S3Client } from "@aws-sdk/client-s3";
import type { OwnBranchLeases } from "@leasehold/tenancy/keys/branch-leases";
import type { JWK } from "jose";
import type pg from "pg";

/** What onboarding reaches. Every client has a timeout and tries once: trying again is the workflow's. */
export interface OnboardingDependencies {
  control: pg.Pool;
  /** How long a step is tried before its operation parks, in milliseconds. */
  retryForMs: number;
  /** The pool's application database. */
  application: pg.Pool;
  keyring: pg.Pool;
  /** The worker's login on the server of the application databases. */
  applicationDatabaseUrl: string;
  /** Creates, migrates and drops silo databases on the same server. */
  ownerDatabaseUrl: string;
  kms: KMSClient;
  /** The branch keys of the pool's epochs, held for 30 s. */
  branchKeys?: OwnBranchLeases | undefined;
  s3: S3Client;
  tagging: ResourceGroupsTaggingAPIClient;
  cloudFormation: CloudFormationClient;
  poolBucket: string;
  poolCapacity: number;
  tenantRoleArn: string;
  /** CloudFormation makes silos under this role; with the worker's own rights when it is not set. */
  stackRoleArn: string | undefined;
  /** AWS is an emulator: policies leave out conditions that it never fills. */
  emulated: boolean;
  applicationUrl: string;
  /** Ed25519, with a `kid`: signs the verification's token. */
  tokenKey: JWK;
}
