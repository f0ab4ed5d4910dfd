import type { TenantPolicies } from "./policies.ts";
import { account, region } from "./policies.ts";
import type { AwsRequest } from "./simulate.ts";

export interface RuledRequest extends AwsRequest {
  allowed: boolean;
}

export type Rule = [action: string, resource: string, context: AwsRequest["context"], allowed: boolean];

export const tag = "leasehold:tenant";
export const keyOf = (id: string) => `arn:aws:kms:${region}:${account}:key/${id}`;

export const contextOf = (tenant: string, purpose: string) => ({
  "kms:EncryptionContext:tenant": tenant,
  "kms:EncryptionContext:purpose": purpose,
});

export function sessionOf({ placement, tenantId }: TenantPolicies): string {
  return `${placement.roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${tenantId}`;
}

export function ruled(principal: string, rules: Rule[]): RuledRequest[] {
  return rules.map(([action, resource, context, allowed]) => ({ principal, action, resource, context, allowed }));
}
