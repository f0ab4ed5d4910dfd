import { createHash } from "node:crypto";
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { DomainError } from "@leasehold/domain/errors";
import { ExpiringCache } from "../cache/expiring-cache.ts";
import type { TenantScope } from "../context.ts";
import { sessionTagKeys } from "../token/claims.ts";
import { sessionPolicyLimit, sessionPolicyOf } from "./session-policy.ts";

/** The shortest session that STS gives, and so the bound on credentials that nothing else has cut off. */
export const credentialLifetimeSeconds = 900;
/** How long before their end credentials are replaced: longer than any call that is begun with them takes. */
const refreshAheadMs = 120_000;
/** Of the packed size that STS allows, in per cent; beyond it a policy is one added ARN away from being refused. */
const packedSizeWarning = 80;

export interface VendedCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

export interface CredentialVendor {
  /** Credentials that reach this tenant's prefix and key and nothing else. Throws UNAVAILABLE when STS does not give them. */
  vendTenantCredentials(scope: TenantScope): Promise<VendedCredentials>;
  /** How many tenants' credentials are held. */
  readonly size: number;
}

export interface CredentialVendorOptions {
  sts: STSClient;
  /** The DynamoDB table of items keyed by tenant, where the product has one. */
  table?: string | undefined;
  /** Ask with the request's own token, whose issuer the role trusts, in place of the process's credentials. Work without a token keeps to those. */
  webIdentity?: boolean | undefined;
  /** Credentials held at once; 10,000 take about 25 MB. */
  maxEntries?: number;
  /** Told when the packed policy comes close to what STS allows, in per cent. */
  onPackedSize?: (scope: TenantScope, percent: number) => void;
}

/** Vends per tenant, role and policy: cached, replaced before their end, asked for once however many wait. */
export function createCredentialVendor(options: CredentialVendorOptions): CredentialVendor {
  const { sts, table, webIdentity = false, maxEntries = 10_000, onPackedSize } = options;
  const cache = new ExpiringCache<VendedCredentials>({ maxEntries, freshUntil: ({ expiration }) => expiration.getTime() - refreshAheadMs });

  async function assume(scope: TenantScope, policy: string): Promise<VendedCredentials> {
    const token = webIdentity ? scope.identityToken?.() : undefined;
    const asked = token === undefined ? sts.send(byRole(scope, policy)) : sts.send(byToken(scope, policy, token));
    const answer = await asked.catch((error: unknown) => {
      throw unavailable(error);
    });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw unavailable(new Error("STS answered without credentials"));
    if ((answer.PackedPolicySize ?? 0) >= packedSizeWarning) onPackedSize?.(scope, answer.PackedPolicySize ?? 0);
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration };
  }

  return {
    async vendTenantCredentials(scope) {
      const policy = JSON.stringify(sessionPolicyOf(scope, table));
      if (policy.length > sessionPolicyLimit) throw new Error("The session policy is longer than STS allows.");
      return cache.get(cacheKey(scope, policy), () => assume(scope, policy));
    },
    get size() {
      return cache.size;
    },
  };
}

function cacheKey({ tenantId, plan, placement }: TenantScope, policy: string): string {
  return [tenantId, plan, placement.roleArn, createHash("sha256").update(policy).digest("base64url")].join("|");
}

function byRole({ tenantId, plan, placement }: TenantScope, policy: string): AssumeRoleCommand {
  return new AssumeRoleCommand({
    RoleArn: placement.roleArn,
    RoleSessionName: tenantId,
    DurationSeconds: credentialLifetimeSeconds,
    Policy: policy,
    Tags: [
      { Key: "TenantID", Value: tenantId },
      { Key: "Plan", Value: plan },
    ],
    TransitiveTagKeys: [...sessionTagKeys],
  });
}

/** The session's tags are in the token, which its issuer signed. */
function byToken({ tenantId, placement }: TenantScope, policy: string, token: string): AssumeRoleWithWebIdentityCommand {
  return new AssumeRoleWithWebIdentityCommand({
    RoleArn: placement.roleArn,
    RoleSessionName: tenantId,
    DurationSeconds: credentialLifetimeSeconds,
    Policy: policy,
    WebIdentityToken: token,
  });
}

function unavailable(cause: unknown): DomainError {
  return new DomainError("UNAVAILABLE", "Access to the workspace's storage could not be obtained. Try again shortly.", {
    reason: "credentials-unavailable",
    retryAfterSeconds: 2,
    cause,
  });
}
