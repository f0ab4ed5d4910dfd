import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import type { TenantScope } from "../context.ts";
import { traceAws } from "../telemetry/trace-aws.ts";
import type { CredentialVendor, VendedCredentials } from "./vend-credentials.ts";

export interface AwsSettings {
  region: string;
  /** Set for an emulator only. */
  endpointUrl?: string | undefined;
  accessKeyId: string;
  secretAccessKey: string;
  /** The DynamoDB table whose items are keyed by tenant, where the product has one. */
  table?: string | undefined;
  /** Credentials are had with the request's own token (AssumeRoleWithWebIdentity): the deployment trusts its issuer. */
  webIdentity?: boolean | undefined;
}

const connections = { keepAlive: true, maxSockets: 128 };
const timeouts = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
const maxAttempts = 3;

export interface TenantClients {
  kms: KMSClient;
  s3: S3Client;
  /** Made when first asked for. */
  dynamo(): DynamoDBClient;
}

export interface AwsAccess {
  /** With the process's own credentials, which may only assume roles. */
  sts: STSClient;
  /** Clients that carry the tenant's vended credentials. */
  clientsFor(scope: TenantScope, vendor: CredentialVendor): Promise<TenantClients>;
}

/** Clients over one set of connections, with timeouts. Those of a tenant live as long as its credentials. */
export function createAwsAccess(settings: AwsSettings): AwsAccess {
  const { accessKeyId, secretAccessKey, endpointUrl: endpoint } = settings;
  const requestHandler = { ...timeouts, httpAgent: new HttpAgent(connections), httpsAgent: new HttpsAgent(connections) };
  const shared = { ...(endpoint === undefined ? {} : { endpoint }), requestHandler, maxAttempts };
  const clients = new WeakMap<VendedCredentials, TenantClients>();

  return {
    sts: traceAws(new STSClient({ ...shared, region: settings.region, credentials: { accessKeyId, secretAccessKey } })),
    async clientsFor(scope, vendor) {
      const credentials = await vendor.vendTenantCredentials(scope);
      const found = clients.get(credentials);
      if (found !== undefined) return found;
      const options = { ...shared, region: scope.placement.region, credentials };
      let dynamo: DynamoDBClient | undefined;
      const made = {
        kms: traceAws(new KMSClient(options)),
        s3: traceAws(new S3Client({ ...options, forcePathStyle: endpoint !== undefined })),
        dynamo: () => {
          dynamo ??= traceAws(new DynamoDBClient(options));
          return dynamo;
        },
      };
      clients.set(credentials, made);
      return made;
    },
  };
}
