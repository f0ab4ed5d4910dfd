import { EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { newId } from "@leasehold/domain/ids";
import { sessionPolicyLimit, sessionPolicyOf } from "@leasehold/tenancy/credentials/session-policy";
import { createCredentialVendor } from "@leasehold/tenancy/credentials/vend-credentials";
import { afterAll, beforeAll, expect, it } from "vitest";
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
function countingVendor(options: { maxEntries?: number } = {}) {
  const sts = new STSClient(app.world.aws("application"));
  let calls = 0;
  sts.middlewareStack.add(
    (next) => (args) => {
      calls += 1;
      return next(args);
    },
    { step: "initialize" },
  );
  return { vendor: createCredentialVendor({ sts, ...options }), calls: () => calls };
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
  const times: number[] = [];
  for (let index = 0; index < 2_000; index++) {
    const start = performance.now();
    await vendor.vendTenantCredentials(tenant);
    times.push(performance.now() - start);
  }
  expect(times.sort((one, two) => one - two)[1_980]).toBeLessThan(1);
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
