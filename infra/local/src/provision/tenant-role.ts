import {
  CreateRoleCommand,
  GetRoleCommand,
  type IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { type PolicyDocument, type TenantRolePlace, tenantRolePolicies } from "../aws-policies.ts";
import { unlessThere } from "./aws.ts";

const RoleName = "leasehold-tenant";

/** The role that tenants' credentials are vended from. @returns its ARN */
export async function provisionTenantRole(iam: IAMClient, place: TenantRolePlace): Promise<string> {
  const { trust, permissions } = tenantRolePolicies(place);
  const AssumeRolePolicyDocument = json(trust);
  await unlessThere(iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument })));
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: AssumeRolePolicyDocument }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "tenant", PolicyDocument: json(permissions) }));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  if (Role?.Arn === undefined) throw new Error(`the role ${RoleName} was not created`);
  return Role.Arn;
}

const json = (policy: PolicyDocument) => JSON.stringify(policy);
