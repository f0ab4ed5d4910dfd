import { readDeployedPrincipals, widenForEmulator } from "@leasehold/infra/local/aws-policies";
import { expect, test } from "vitest";

const place = { account: "123456789012", region: "eu-central-1", poolBucket: "pool" };
const principals = readDeployedPrincipals(place);
const tenantRole = principals.find((principal) => principal.name === "leasehold-tenant");

test("the template's references are resolved as CloudFormation would", () => {
  expect(principals.map((principal) => principal.name).sort()).toEqual([
    "leasehold-application",
    "leasehold-stacks",
    "leasehold-tenant",
    "leasehold-worker",
  ]);
  expect(JSON.stringify(principals)).not.toMatch(/@@|\$\{AWS::|\$\{!/);
  expect(tenantRole?.trust?.Statement[0]?.Principal).toEqual({ AWS: "arn:aws:iam::123456789012:user/leasehold-application" });
});

test("the emulator's tenant role differs from the deployed one by the widened tenant, its unknown condition keys and key aliases only", () => {
  const deployed = tenantRole?.policies[0]?.PolicyDocument;
  if (deployed === undefined) throw new Error("the template has no policy for the tenant role");
  const [objects, list, key] = deployed.Statement;
  expect(widenForEmulator(deployed).Statement).toEqual([
    { ...objects, Resource: "arn:aws:s3:::pool/tenants/*/*" },
    { ...list, Condition: { StringLike: { "s3:prefix": "tenants/*/*" } } },
    { Sid: key?.Sid, Effect: "Allow", Action: key?.Action, Resource: "arn:aws:kms:eu-central-1:123456789012:*" },
  ]);
});

test("the application plane's user is not widened at all", () => {
  const policies = principals.find((principal) => principal.name === "leasehold-application")?.policies ?? [];
  expect(policies).toHaveLength(1);
  for (const { PolicyDocument } of policies) expect(widenForEmulator(PolicyDocument)).toEqual(PolicyDocument);
});

test("the worker and CloudFormation reach tagged keys only, and a silo's role is made within its boundary only", () => {
  const statementsOf = (name: string) =>
    principals.find((principal) => principal.name === name)?.policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? [];
  for (const statement of [...statementsOf("leasehold-worker"), ...statementsOf("leasehold-stacks")]) {
    const actions = [statement.Action].flat();
    const conditions = JSON.stringify(statement.Condition ?? {});
    if (actions.some((action) => /^kms:(\*|Put|Tag|Disable|Schedule|Generate)/.test(action))) {
      expect(conditions, statement.Sid).toContain("aws:ResourceTag/leasehold:tenant");
    }
    if (actions.some((action) => /^iam:(CreateRole|PutRolePolicy)$/.test(action))) {
      expect(statement.Condition).toEqual({
        StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/leasehold-silo-boundary" },
      });
    }
  }
  expect(statementsOf("leasehold-worker").flatMap(({ Action }) => Action)).not.toContain("kms:PutKeyPolicy");
});
