import type { TenantPolicies } from "./policies.ts";
import { account, issuerHost, principals, region } from "./policies.ts";
import { keyOf, type Rule, type RuledRequest, ruled, sessionOf, tag } from "./ruled-request.ts";
import type { AwsRequest } from "./simulate.ts";

/** Who may become a tenant, and with which tags: from the processes' users, from another role, and with a token. */
export function trustRequests(tenants: readonly TenantPolicies[]): { of: TenantPolicies; request: RuledRequest }[] {
  const tagsOf = (TenantID: string | undefined, more: string[] = []) => ({
    ...(TenantID === undefined ? {} : { "aws:RequestTag/TenantID": TenantID }),
    "aws:TagKeys": [...(TenantID === undefined ? [] : ["TenantID"]), "Plan", ...more],
  });
  const provider = (host: string) => `arn:aws:iam::${account}:oidc-provider/${host}`;
  const aud = (value: string) => ({ [`${issuerHost}:aud`]: value });
  return tenants.flatMap((of) => {
    const pooled = of.boundary === undefined;
    const make = (principal: string, action: string, context: AwsRequest["context"], allowed: boolean) => ({
      of,
      request: { principal, action, resource: of.placement.roleArn, context, allowed },
    });
    return ["sts:AssumeRole", "sts:TagSession"].flatMap((action) => [
      ...tenants.map(({ tenantId }) => make(principals.application.arn, action, tagsOf(tenantId), pooled || tenantId === of.tenantId)),
      ...["*", "tnt_*", "tnt_A", "", `${of.tenantId}B`].map((tenant) => make(principals.application.arn, action, tagsOf(tenant), false)),
      make(principals.application.arn, action, tagsOf(undefined), false),
      make(principals.application.arn, action, {}, false),
      make(principals.application.arn, action, tagsOf(of.tenantId, ["Role"]), false),
      make(principals.worker.arn, action, tagsOf(of.tenantId), false),
      make(principals.stacks.arn, action, tagsOf(of.tenantId), false),
      ...tenants.map((other) => make(sessionOf(other), action, tagsOf(of.tenantId), false)),
      ...(action === "sts:TagSession" ? ["sts:TagSession"] : ["sts:AssumeRoleWithWebIdentity"]).flatMap((verb) => [
        make(provider(issuerHost), verb, { ...tagsOf(of.tenantId), ...aud("leasehold:application") }, true),
        make(provider(issuerHost), verb, { ...tagsOf(of.tenantId), ...aud("elsewhere") }, false),
        make(provider(issuerHost), verb, tagsOf(of.tenantId), false),
        make(provider(issuerHost), verb, { ...tagsOf(undefined), ...aud("leasehold:application") }, false),
        make(provider(issuerHost), verb, { ...tagsOf("tnt_*"), ...aud("leasehold:application") }, false),
        make(provider(issuerHost), verb, { ...tagsOf(of.tenantId, ["Role"]), ...aud("leasehold:application") }, false),
        make(provider("elsewhere.example"), verb, { ...tagsOf(of.tenantId), ...aud("leasehold:application") }, false),
      ]),
    ]);
  });
}

/** What the application plane's own user may do: become a tenant, and nothing besides. */
export function applicationRequests(tenants: readonly TenantPolicies[]): RuledRequest[] {
  const verbs = ["sts:AssumeRole", "sts:TagSession"];
  const never = ["s3:GetObject", "s3:PutObject"].map((verb): Rule => [verb, "arn:aws:s3:::leasehold-pool/tenants/x", {}, false]);
  return ruled(principals.application.arn, [
    ...verbs.flatMap((verb): Rule[] => [
      ...tenants.map(({ placement }): Rule => [verb, placement.roleArn, {}, true]),
      [verb, `arn:aws:iam::${account}:role/leasehold-stacks`, {}, false],
      [verb, `arn:aws:iam::${account}:role/administrator`, {}, false],
    ]),
    ...never,
    ["kms:Decrypt", keyOf("one"), { [`aws:ResourceTag/${tag}`]: "tnt_x" }, false],
    ["dynamodb:GetItem", `arn:aws:dynamodb:${region}:${account}:table/leasehold-tenants`, {}, false],
    ["iam:PassRole", `arn:aws:iam::${account}:role/leasehold-stacks`, {}, false],
  ]);
}
