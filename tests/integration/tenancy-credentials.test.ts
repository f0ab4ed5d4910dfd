import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { cutOffTenantKey, restoreTenantKey } from "@leasehold/activities/keys/cut-off-tenant-key";
import { newId } from "@leasehold/domain/ids";
import { type PolicyDocument, readDeployedPrincipals, widenForEmulator } from "@leasehold/infra/local/aws-policies";
import { sessionPolicyLimit, sessionPolicyOf } from "@leasehold/tenancy/credentials/session-policy";
import { createCredentialVendor } from "@leasehold/tenancy/credentials/vend-credentials";
import { signTenantToken } from "@leasehold/tenancy/token/sign-token";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;
let tenant: ApplicationTenant;
let other: ApplicationTenant;

beforeAll(async () => {
  app = await createApplicationWorld();
  [tenant, other] = [await app.createTenant(), await app.createTenant()];
});
afterAll(() => app?.[Symbol.asyncDispose]());

/** The real STS, with its calls counted. */
function countingVendor(options: { maxEntries?: number; webIdentity?: boolean } = {}) {
  const sts = new STSClient(app.world.aws("application"));
  const inputs: unknown[] = [];
  let calls = 0;
  sts.middlewareStack.add(
    (next) => (args) => {
      calls += 1;
      inputs.push(args.input);
      return next(args);
    },
    { step: "initialize" },
  );
  return { vendor: createCredentialVendor({ sts, ...options }), calls: () => calls, inputs };
}

/** The emulator's part of the template with a trusted issuer; what it reads of a token is issuer and audience. Tags and the session policy of this way refuse in the simulator. */
async function makeWebIdentityRole(host: string): Promise<string> {
  const iam = new IAMClient(app.world.aws("root"));
  const { OpenIDConnectProviderArn } = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: `https://${host}`, ClientIDList: ["leasehold:application"] }),
  );
  const trust = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: OpenIDConnectProviderArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${host}:aud`]: "leasehold:application" } },
      },
    ],
  };
  const RoleName = `web-identity-${app.world.id}`;
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  const { aws } = app.world.stack;
  const deployed = readDeployedPrincipals({ account: "000000000000", region: aws.region, poolBucket: aws.poolBucket });
  const policy = deployed.find(({ name }) => name === "leasehold-tenant")?.policies[0]?.PolicyDocument as PolicyDocument;
  const PolicyDocument = JSON.stringify(widenForEmulator(policy));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "own-tenant", PolicyDocument }));
  iam.destroy();
  return Role?.Arn ?? "";
}

it("asks STS once for a thousand requests of one cold tenant", async () => {
  const { vendor, calls } = countingVendor();
  const vended = await Promise.all(Array.from({ length: 1_000 }, () => vendor.vendTenantCredentials(tenant)));
  expect(new Set(vended.map(({ accessKeyId }) => accessKeyId)).size).toBe(1);
  expect(calls()).toBe(1);
});

it("hands out cached credentials within a millisecond", async () => {
  const { vendor } = countingVendor();
  await vendor.vendTenantCredentials(tenant);
  const p99s: number[] = [];
  for (let round = 0; round < 5; round++) {
    const times: number[] = [];
    for (let index = 0; index < 2_000; index++) {
      const start = performance.now();
      await vendor.vendTenantCredentials(tenant);
      times.push(performance.now() - start);
    }
    p99s.push(times.sort((one, two) => one - two)[1_980] ?? Number.NaN);
  }
  expect(Math.min(...p99s)).toBeLessThan(1);
});

it("never gives one tenant another's, nor those of another plan or place", async () => {
  const { vendor, calls } = countingVendor();
  const moved = { ...tenant, placement: { ...tenant.placement, objectPrefix: `tenants/${tenant.tenantId}/moved/` } };
  const scopes = [tenant, other, { ...tenant, plan: "business" as const }, moved];
  const vended = await Promise.all(scopes.map((scope) => vendor.vendTenantCredentials(scope)));
  expect(new Set(vended.map(({ sessionToken }) => sessionToken)).size).toBe(scopes.length);
  expect(calls()).toBe(scopes.length);
});

it("keeps no more tenants than it may, and asks again for one that it dropped", async () => {
  const { vendor, calls } = countingVendor({ maxEntries: 1 });
  await vendor.vendTenantCredentials(tenant);
  await vendor.vendTenantCredentials(other);
  expect(vendor.size).toBe(1);
  await vendor.vendTenantCredentials(tenant);
  expect(calls()).toBe(3);
});

it("asks for a quarter of an hour at most, with tags that a chain of roles keeps, and anew before the end, once", async () => {
  const { vendor, calls, inputs } = countingVendor();
  const first = await vendor.vendTenantCredentials(tenant);
  expect(first.expiration.getTime() - Date.now()).toBeLessThanOrEqual(900_000);
  expect(inputs[0]).toMatchObject({
    DurationSeconds: 900,
    Tags: [
      { Key: "TenantID", Value: tenant.tenantId },
      { Key: "Plan", Value: tenant.plan },
    ],
    TransitiveTagKeys: ["TenantID", "Plan"],
  });
  vi.useFakeTimers({ toFake: ["Date"], now: first.expiration.getTime() - 119_000 });
  try {
    const again = await Promise.all(Array.from({ length: 100 }, () => vendor.vendTenantCredentials(tenant)));
    expect(new Set(again.map(({ accessKeyId }) => accessKeyId)).size).toBe(1);
    expect(again[0]?.accessKeyId).not.toBe(first.accessKeyId);
    expect(calls()).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

it("tells when the packed policy comes close to what STS takes", async () => {
  const told: number[] = [];
  const sts = new STSClient(app.world.aws("application"));
  sts.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      (answer.output as { PackedPolicySize?: number }).PackedPolicySize = 85;
      return answer;
    },
    { step: "initialize" },
  );
  await createCredentialVendor({ sts, onPackedSize: (_scope, percent) => told.push(percent) }).vendTenantCredentials(tenant);
  expect(told).toEqual([85]);
  expect(JSON.stringify(sessionPolicyOf(tenant, "leasehold-tenants")).length).toBeLessThan(sessionPolicyLimit * 0.8);
});

it("asks with the request's own token where the deployment trusts its issuer, and with its own credentials where there is none", async () => {
  const host = `issuer-${app.world.id}.example`;
  const claims = {
    issuer: `https://${host}`,
    tenantId: tenant.tenantId,
    plan: tenant.plan,
    subject: newId("user"),
    roles: ["member" as const],
  };
  const token = await signTenantToken(app.world.stack.secrets.portalTokenKey, claims);
  const roleArn = await makeWebIdentityRole(host);
  const trusting = { ...tenant, placement: { ...tenant.placement, roleArn }, identityToken: () => token };
  const { vendor, inputs } = countingVendor({ webIdentity: true });
  const credentials = await vendor.vendTenantCredentials(trusting);
  expect(inputs[0]).toMatchObject({ WebIdentityToken: token, RoleArn: roleArn, DurationSeconds: 900 });
  expect(JSON.parse((inputs[0] as { Policy: string }).Policy)).toEqual(sessionPolicyOf(tenant));
  const s3 = new S3Client({ ...app.world.aws("application"), credentials });
  const at = ({ placement }: ApplicationTenant) => ({ Bucket: placement.bucket, Key: `${placement.objectPrefix}web` });
  await s3.send(new PutObjectCommand({ ...at(tenant), Body: "own" }));
  await vendor.vendTenantCredentials(other);
  expect(inputs[1]).toMatchObject({ RoleSessionName: other.tenantId, TransitiveTagKeys: ["TenantID", "Plan"] });
});

it("opens nothing with credentials vended before, once a suspension has switched the tenant's key off", async () => {
  const suspended = await app.createTenant();
  const credentials = await countingVendor().vendor.vendTenantCredentials(suspended);
  const kms = new KMSClient({ ...app.world.aws("application"), credentials });
  const encrypt = () =>
    kms.send(
      new EncryptCommand({
        KeyId: suspended.placement.keyArn,
        Plaintext: Buffer.from("x"),
        EncryptionContext: { tenant: suspended.tenantId },
      }),
    );
  await encrypt();
  const worker = { kms: new KMSClient(app.world.aws("worker")), keyring: app.world.pool("keyring", "worker") };
  const ref = { tenantId: suspended.tenantId, keyArn: suspended.placement.keyArn };
  for (const _again of [1, 2]) expect(await cutOffTenantKey(worker, ref)).toBe("cut-off");
  await expect(encrypt()).rejects.toMatchObject({ name: "DisabledException" });
  for (const _again of [1, 2]) await restoreTenantKey(worker, ref);
  await encrypt();
});

it("does not remember a failure", async () => {
  const { vendor, calls } = countingVendor();
  const broken = { ...tenant, placement: { ...tenant.placement, roleArn: "arn:aws:iam::000000000000:role/elsewhere" } };
  for (const expected of [1, 2]) {
    await expect(vendor.vendTenantCredentials(broken)).rejects.toMatchObject({ code: "UNAVAILABLE", reason: "credentials-unavailable" });
    expect(calls()).toBe(expected);
  }
});

it("reaches the tenant's own prefix and key and is refused another's", async () => {
  const credentials = await countingVendor().vendor.vendTenantCredentials(tenant);
  const settings = { ...app.world.aws("application"), credentials };
  const [s3, kms] = [new S3Client(settings), new KMSClient(settings)];
  const denied = expect.objectContaining({ name: expect.stringMatching(/^AccessDenied/) });
  const at = ({ placement }: ApplicationTenant) => ({ Bucket: placement.bucket, Key: `${placement.objectPrefix}probe` });
  await app.s3.send(new PutObjectCommand({ ...at(other), Body: "theirs" }));

  await s3.send(new PutObjectCommand({ ...at(tenant), Body: "own" }));
  expect(await (await s3.send(new GetObjectCommand(at(tenant)))).Body?.transformToString()).toBe("own");
  await s3.send(new ListObjectsV2Command({ Bucket: tenant.placement.bucket, Prefix: tenant.placement.objectPrefix }));

  await expect(s3.send(new GetObjectCommand(at(other)))).rejects.toEqual(denied);
  await expect(s3.send(new PutObjectCommand({ ...at(other), Body: "x" }))).rejects.toEqual(denied);
  for (const Prefix of [other.placement.objectPrefix, "tenants/", "", undefined]) {
    await expect(s3.send(new ListObjectsV2Command({ Bucket: tenant.placement.bucket, Prefix }))).rejects.toEqual(denied);
  }
  const encrypt = { Plaintext: Buffer.from("x"), EncryptionContext: { tenant: other.tenantId } };
  await expect(kms.send(new EncryptCommand({ ...encrypt, KeyId: other.placement.keyArn }))).rejects.toEqual(denied);
});

it("puts literal names in a policy that STS takes, and refuses a placement that holds a pattern", () => {
  const policy = JSON.stringify(sessionPolicyOf(tenant));
  expect(policy.length).toBeLessThan(sessionPolicyLimit);
  expect(policy).not.toContain("$");
  for (const name of ["tenants/*/", "tenants/?/", `tenants/$${"{aws:username}"}/`, 'a"b', ""]) {
    expect(() => sessionPolicyOf({ ...tenant, placement: { ...tenant.placement, objectPrefix: name } })).toThrow(/pattern/);
  }
  expect(newId("tenant")).toMatch(/^tnt_[0-9A-Z]{26}$/);
});
