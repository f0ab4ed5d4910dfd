import { epochKeyPolicyOf } from "@leasehold/activities/keys/epoch-key-policy";
import { keyPolicyOf } from "@leasehold/activities/onboarding/key-policy";
import { type PolicyDocument, readDeployedPrincipals, widenForEmulator } from "@leasehold/infra/local/aws-policies";
import type { Stack } from "@leasehold/infra/local/stack";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { readTemplate } from "@leasehold/infra/local/templates/read-template";
import { resolveTemplate } from "@leasehold/infra/local/templates/resolve-template";
import { expect, test } from "vitest";
import { sharedStack } from "../support/servers.ts";

const stackOf = sharedStack() as Stack;
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
  const [objects, list, key, branch, customerKey, items, indexes] = deployed.Statement;
  const widened = (select: string[]) => ({ "dynamodb:Select": select });
  const returned = { "dynamodb:ReturnValues": ["NONE", "UPDATED_NEW"] };
  expect(widenForEmulator(deployed).Statement).toEqual([
    { ...objects, Resource: "arn:aws:s3:::pool/tenants/*/*" },
    { ...list, Condition: { StringLike: { "s3:prefix": "tenants/*/*" } } },
    { Sid: key?.Sid, Effect: "Allow", Action: key?.Action, Resource: "arn:aws:kms:eu-central-1:123456789012:*" },
    {
      Sid: "Branch",
      Effect: "Allow",
      Action: branch?.Action,
      Resource: "arn:aws:kms:eu-central-1:123456789012:*",
      Condition: { StringLike: { "aws:PrincipalTag/TenantID": "tnt_??????????????????????????" } },
    },
    { Sid: "CustomerKey", Effect: "Allow", Action: customerKey?.Action, Resource: "arn:aws:kms:*:*:*" },
    {
      ...items,
      Condition: { StringEqualsIfExists: { ...widened(["ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"]), ...returned } },
    },
    { ...indexes, Condition: { StringEqualsIfExists: widened(["ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"]) } },
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
    const ofEpochs = /Epoch|Branch/.test(statement.Sid ?? "");
    if (actions.includes("kms:TagResource") && statement.Effect === "Allow")
      expect(conditions, statement.Sid).toContain(ofEpochs ? "leasehold:pool" : "leasehold:tenant");
    if (actions.some((action) => /^kms:(\*|Put|Disable|Schedule|Generate)/.test(action))) {
      const customers = statement.Sid === "WrapUnderCustomerKeys";
      expect(actions.length === 1 || !customers).toBe(true);
      const owner = statement.Sid === "ControlPlaneKey" ? "platform" : ofEpochs ? "pool" : "tenant";
      const tag = `aws:ResourceTag/leasehold:${owner}`;
      expect(conditions, statement.Sid).toContain(customers ? "aws:ResourceAccount" : tag);
    }
    if (actions.some((action) => /^iam:(CreateRole|PutRolePolicy)$/.test(action))) {
      expect(statement.Condition).toEqual({
        StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/leasehold-silo-boundary" },
      });
    }
  }
  expect(statementsOf("leasehold-worker").flatMap(({ Action }) => Action)).not.toContain("kms:PutKeyPolicy");
});

test("a key's policy and a silo's stack ask for the tenant's context and tag; the emulator's differ by asking only when they are filled", () => {
  const role = "arn:aws:iam::123456789012:role/leasehold-tenant";
  const [strict, local] = [false, true].map((emulated) => keyPolicyOf("tnt_00000000000000000000CANARY", role, { emulated }));
  expect(JSON.stringify(strict)).not.toContain("IfExists");
  expect(JSON.stringify(local).replaceAll("StringEqualsIfExists", "StringEquals")).toBe(JSON.stringify(strict));
  const [strictEpoch, localEpoch] = [false, true].map((emulated) => epochKeyPolicyOf({ pool: "pool", epoch: 1 }, role, { emulated }));
  expect(JSON.stringify(strictEpoch)).not.toContain("IfExists");
  expect(JSON.stringify(localEpoch).replaceAll("IfExists", "")).toBe(JSON.stringify(strictEpoch));

  const template = readTemplate("tenant-silo.yaml");
  const made = (Emulated: "true" | "false") => resolveTemplate(template, place, { TenantId: "tnt_00000000000000000000CANARY", Emulated });
  const [deployed, emulated] = [made("false"), made("true")];
  const same = ({ Key, BucketPolicy, ...rest }: typeof deployed) => rest;
  expect(same(emulated)).toEqual(same(deployed));
  const policyOf = (resources: typeof deployed) => JSON.stringify(resources.Key?.properties.KeyPolicy);
  expect(policyOf(deployed)).not.toContain("IfExists");
  expect(policyOf(emulated).replaceAll("StringEqualsIfExists", "StringEquals")).toBe(policyOf(deployed));
  const sidsOf = (resources: typeof deployed) =>
    ((resources.BucketPolicy?.properties.PolicyDocument ?? { Statement: [] }) as PolicyDocument).Statement.map(({ Sid }) => Sid);
  expect(sidsOf(deployed)).toEqual(["EncryptedTransportOnly", "ShortPresignedUrls"]);
  expect(sidsOf(emulated)).toEqual(["ShortPresignedUrls"]);
});

test("only the embedded emulator is taken for one", () => {
  const aws = (emulated?: boolean) => ({ ...stackOf.aws, endpoint: "https://vpce.example", emulated });
  expect(stackEnv({ ...stackOf, aws: aws() }, "worker").AWS_EMULATED).toBeUndefined();
  expect(stackEnv({ ...stackOf, aws: aws(true) }, "worker").AWS_EMULATED).toBe("true");
});
