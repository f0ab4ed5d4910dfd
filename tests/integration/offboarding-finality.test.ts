import { CancelKeyDeletionCommand, DescribeKeyCommand, EnableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { listCertificatesOf } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { newId, type OperationId } from "@leasehold/domain/ids";
import type { WorkflowHandle } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AwsProxy, startAwsProxy } from "../support/faults/aws-proxy.ts";
import { type ClosingTenant, createShreddingWorld, type ShreddingWorld } from "../support/offboarding/shredding-world.ts";
import { createSkippedRuns, type SkippedRuns } from "../support/offboarding/skipped-run.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";

let shredding: ShreddingWorld;
let proxy: AwsProxy;
let runs: SkippedRuns;
let root: KMSClient;
beforeAll(async () => {
  shredding = await createShreddingWorld();
  const aws = shredding.world.aws("worker");
  proxy = await startAwsProxy(aws.endpoint ?? "");
  root = new KMSClient(shredding.world.aws("root"));
  const kms = new KMSClient({ ...aws, endpoint: proxy.url, maxAttempts: 1 });
  runs = await createSkippedRuns(shredding, shredding.activitiesWith({ kms }));
});
afterAll(async () => {
  await runs?.[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
  await shredding?.[Symbol.asyncDispose]();
});

const dayMs = 86_400_000;

interface Watched {
  closing: ClosingTenant;
  handle: WorkflowHandle;
  keyArn: string;
}

/** A closing whose run has the first stamp and has looked at the key once. */
async function closeUntilTheKey(): Promise<Watched> {
  const tenant = await shredding.onboard("business");
  const ctx = { tenantId: tenant.tenantId, actor: { type: "user", userId: tenant.userId } as const, requestId: newId("request") };
  const asked = { reason: "We move on", confirmation: tenant.slug, withExport: false, holdDays: 0, idempotencyKey: newId("command") };
  const { operationId } = await requestOffboarding(shredding.world.pool("control", "portal"), ctx, asked);
  const closing = { ...tenant, operationId: operationId as OperationId };
  const handle = await runs.start(closing);
  await runs.awaitStep(closing, "destroy-keys");
  await shredding.earlier(closing, "destroy-keys", 60);
  await runs.skip(60_000);
  await runs.awaitStep(closing, "certify");
  await runs.awaitLook(handle, 1);
  const [key] = await shredding.keys(closing);
  expect(key).toMatchObject({ model: "dedicated", state: "PendingDeletion" });
  return { closing, handle, keyArn: key?.keyArn ?? "" };
}

const gone = ({ keyArn }: Watched) =>
  proxy.inject({ service: "kms", action: "DescribeKey", mode: "gone", about: keyArn.split("/").at(-1) ?? "" });
const stamps = async ({ closing }: Watched) =>
  (await listCertificatesOf(shredding.world.pool("control", "portal"), closing)).map(({ kind }) => kind).sort();
const catalog = async ({ closing }: Watched) => {
  const [row] = await shredding.owner<{ tenant: string; operation: string; reason: string | null }>(
    "control",
    `select t.state as tenant, o.state as operation, o.attention_reason as reason from control.tenants t
       join control.operations o on o.tenant_id = t.tenant_id where o.operation_id = $1`,
    [closing.operationId],
  );
  return row;
};

test("a run looks at the key day by day as long as KMS has it; when KMS has none any more, the second stamp and the end", async () => {
  const watched = await closeUntilTheKey();
  for (const looks of [2, 3]) {
    await runs.skip(dayMs);
    await runs.awaitLook(watched.handle, looks);
    expect([await stamps(watched), (await shredding.keys(watched.closing))[0]?.state]).toEqual([["closure"], "PendingDeletion"]);
    expect(await catalog(watched)).toMatchObject({ tenant: "SHREDDING", operation: "RUNNING", reason: null });
  }
  const { tenantId, slug } = watched.closing;
  const Bucket = shredding.world.stack.aws.poolBucket;
  await new S3Client(shredding.world.aws("root")).send(new PutObjectCommand({ Bucket, Key: `tenants/${tenantId}/late`, Body: "x" }));
  const ended = gone(watched);
  await runs.skip(dayMs);
  expect(await watched.handle.result()).toBe("SUCCEEDED");
  ended.lift();
  expect(ended.hits()).toBeGreaterThan(0);
  expect((await shredding.stores(watched.closing)).objects).toMatchObject({ after: 0 });
  expect(await stamps(watched)).toEqual(["closure", "finality"]);
  expect((await shredding.keys(watched.closing))[0]).toMatchObject({ state: "NotFound" });
  expect(await catalog(watched)).toMatchObject({ tenant: "CLOSED", operation: "SUCCEEDED" });

  const tombstone = await shredding.owner("control", "select name, placement from control.tenants where tenant_id = $1", [tenantId]);
  expect(tombstone).toEqual([{ name: expect.stringMatching(/^psn_/), placement: null }]);
  const next = await requestOnboarding(shredding.world.pool("control", "portal"), { withCommand: false, slug });
  expect([next.slug, next.tenantId === tenantId]).toEqual([slug, false]);
}, 180_000);

test("a key that somebody takes out of its deletion is noticed by the next look, reported, switched off and scheduled again; the end comes all the same", async () => {
  const watched = await closeUntilTheKey();
  await root.send(new CancelKeyDeletionCommand({ KeyId: watched.keyArn }));
  await root.send(new EnableKeyCommand({ KeyId: watched.keyArn }));
  const before = proxy.passed();
  await runs.skip(dayMs);
  await runs.awaitLook(watched.handle, 2);
  const since = (call: string) => (proxy.passed()[call] ?? 0) - (before[call] ?? 0);
  expect([since("kms:DisableKey"), since("kms:ScheduleKeyDeletion")]).toEqual([1, 1]);
  const { KeyMetadata } = await root.send(new DescribeKeyCommand({ KeyId: watched.keyArn }));
  expect(KeyMetadata?.KeyState).toBe("PendingDeletion");
  const revived = async () => (await shredding.stores(watched.closing))["keys-revived"];
  expect(await revived()).toMatchObject({ before: 1, after: 0 });
  expect(await catalog(watched)).toMatchObject({ tenant: "SHREDDING", operation: "RUNNING" });
  expect((await catalog(watched))?.reason).toContain("taken out of its deletion by hand");
  const events = "select from control.outbox where tenant_id = $1 and type = 'tenant.key-revived'";
  expect(await shredding.owner("control", events, [watched.closing.tenantId])).toHaveLength(1);
  await runs.skip(dayMs);
  await runs.awaitLook(watched.handle, 3);
  expect([await stamps(watched), (await revived())?.before]).toEqual([["closure"], 1]);
  const ended = gone(watched);
  await runs.skip(dayMs);
  expect(await watched.handle.result()).toBe("SUCCEEDED");
  ended.lift();
  expect(await stamps(watched)).toEqual(["closure", "finality"]);
  expect((await catalog(watched))?.tenant).toBe("CLOSED");
}, 180_000);
