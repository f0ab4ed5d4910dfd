import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { DescribeKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { turnEpochActivities } from "@leasehold/activities/keys/turn-epoch";
import type { ShreddingActivities } from "@leasehold/activities/offboarding/create-shredding-activities";
import { findPlacement } from "@leasehold/db/application/placement/find-placement";
import { listUnreadableForOperators } from "@leasehold/db/control/keys/list-unreadable-for-operators";
import { listAttention } from "@leasehold/db/control/operations/list-attention";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import { onlyPool } from "@leasehold/domain/keys/epochs";
import type { OffboardingStep } from "@leasehold/domain/offboarding/steps";
import { stackNameOf } from "@leasehold/domain/placement";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AwsProxy, startAwsProxy } from "../support/faults/aws-proxy.ts";
import { type ClosingTenant, createShreddingWorld, type ShreddingWorld } from "../support/offboarding/shredding-world.ts";

let shredding: ShreddingWorld;
let proxy: AwsProxy;
let faulty: ShreddingActivities;
let s3: S3Client;

beforeAll(async () => {
  shredding = await createShreddingWorld();
  const aws = shredding.world.aws("worker");
  proxy = await startAwsProxy(aws.endpoint ?? "");
  faulty = shredding.activitiesWith({ kms: new KMSClient({ ...aws, endpoint: proxy.url, maxAttempts: 1 }) });
  s3 = new S3Client(shredding.world.aws("root"));
});
afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  await shredding?.[Symbol.asyncDispose]();
});

const after: [OffboardingStep, keyof ShreddingActivities][] = [
  ["wait-leases", "confirmLeases"],
  ["delete-objects", "deleteObjects"],
  ["delete-rows", "deleteRows"],
  ["delete-stack", "deleteStack"],
  ["delete-identities", "deleteIdentities"],
];

async function shred(tenant: ClosingTenant): Promise<void> {
  await shredding.run("destroyKeys", tenant);
  await shredding.earlier(tenant, "destroy-keys", 32);
  for (const [, name] of after) await shredding.run(name, tenant);
}

/** CloudFormation as it answers about a stack that a bucket keeps. The first three looks find it as it is. */
function stuckStack(name: string) {
  const answer = (action: string, result: string) => ({
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${result}</${action}Result></${action}Response>`,
  });
  const stack = `<StackName>${name}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>DELETE_FAILED</StackStatus>`;
  const event = `<StackId>s</StackId><EventId>e</EventId><StackName>${name}</StackName><Timestamp>2026-01-01T00:00:00Z</Timestamp><LogicalResourceId>Bucket</LogicalResourceId>
    <ResourceStatus>DELETE_FAILED</ResourceStatus><ResourceStatusReason>The bucket you tried to delete is not empty</ResourceStatusReason>`;
  const say = (action: string, result: string, after = 0) =>
    proxy.inject({ service: "cloudformation", action, mode: "answer", answer: answer(action, result), after });
  return [
    say("DeleteStack", ""),
    say("DescribeStacks", `<Stacks><member>${stack}</member></Stacks>`, 3),
    say("DescribeStackEvents", `<StackEvents><member>${event}</member></StackEvents>`),
  ];
}

const s3Bucket = () => shredding.world.stack.aws.poolBucket;

test("a silo goes whole, with what CloudFormation could not delete said and repaired: bucket, stack, database; its key waits for its end", async () => {
  const tenant = await shredding.letGo("enterprise");
  await shredding.run("destroyKeys", tenant);
  await shredding.earlier(tenant, "destroy-keys", 32);
  await shredding.run("confirmLeases", tenant);
  await shredding.run("deleteObjects", tenant);
  await shredding.run("deleteRows", tenant);
  await s3.send(new PutObjectCommand({ Bucket: stackNameOf(tenant.tenantId), Key: "left/behind", Body: "x" }));
  const cloudFormation = new CloudFormationClient({ ...shredding.world.aws("worker"), endpoint: proxy.url, maxAttempts: 1 });
  const stuck = stuckStack(stackNameOf(tenant.tenantId));
  const parked = shredding.run("deleteStack", tenant, { activities: shredding.activitiesWith({ cloudFormation }) });
  await expect(parked).rejects.toMatchObject({ type: "PRECONDITION_FAILED", details: ["stack-kept"] });
  await expect(parked).rejects.toThrow("Bucket: The bucket you tried to delete is not empty");
  for (const fault of stuck) fault.lift();
  await shredding.run("deleteStack", tenant);
  await shredding.run("deleteIdentities", tenant);
  await shredding.run("verifyShredded", tenant);
  const found = await shredding.stores(tenant);
  expect(found.stack).toMatchObject({ before: 1, after: 0 });
  expect(found.database).toMatchObject({ before: 1, after: 0 });
  expect(found["app.documents"]).toMatchObject({ before: 1, after: 0 });
  expect(await shredding.keys(tenant)).toMatchObject([{ model: "stack", wrappedBefore: 3, wrappedAfter: 0, state: "PendingDeletion" }]);
});

test("a tenant under the pool's epoch: its wrapped keys go, the epoch turns, and before that nothing is certified", async () => {
  const [other, broken] = [await shredding.onboard("pro"), await shredding.onboard("pro")];
  const tenant = await shredding.letGo("pro");
  await shred(tenant);
  const [key] = await shredding.keys(tenant);
  expect(key).toMatchObject({ model: "shared-epoch", wrappedBefore: 3, wrappedAfter: 0, state: "Enabled" });
  const epoch = { pool: onlyPool, epoch: key?.epoch ?? 0 };
  const { beginEpochTurn, rewrapEpoch, endEpochTurn } = turnEpochActivities(shredding.clients);
  const environment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger("ERROR", () => undefined) });
  const refused = () =>
    expect(shredding.run("verifyShredded", tenant)).rejects.toMatchObject({ details: ["epoch-not-turned"], nonRetryable: false });
  await refused();

  // Another tenant's wrapped key does not open: the epoch is held, and so is the closing.
  const [whole] = await shredding.owner<{ wrapped: Buffer }>(
    "keyring",
    "update keyring.data_keys k set wrapped = '\\x01' from keyring.data_keys b where k.tenant_id = $1 and k.purpose = 'index' and b.tenant_id = k.tenant_id and b.purpose = k.purpose and b.version = k.version returning b.wrapped",
    [broken.tenantId],
  );
  await environment().run(beginEpochTurn, epoch);
  expect(await environment().run(rewrapEpoch, epoch)).toMatchObject({ outcome: "held" });
  await expect(environment().run(endEpochTurn, epoch)).rejects.toThrow();
  await refused();
  expect(await shredding.run("lookAtTurns", tenant)).toEqual({ turned: false, dueAt: null });
  const notice = () =>
    shredding.owner<{ reason: string | null }>(
      "control",
      "select attention_reason as reason from control.operations where operation_id = $1",
      [tenant.operationId],
    );
  const [{ reason } = { reason: "" }] = await notice();
  expect(reason).toContain(`Epoch ${epoch.epoch} of the pool is held`);
  expect(reason).not.toContain(broken.tenantId);
  const told = async () =>
    (
      await shredding.owner<{ type: string; payload: object }>(
        "control",
        "select type, payload from control.outbox where tenant_id = $1 and type like 'tenant.key-%' order by created_at",
        [broken.tenantId],
      )
    ).map(({ type, payload }) => ({ type, ...payload }));
  const named = { pool: onlyPool, epoch: epoch.epoch, versions: [1] };
  expect(await told()).toEqual([{ type: "tenant.key-unreadable", ...named }]);
  const operators = shredding.world.pool("control", "operator");
  const mine = async () => (await listUnreadableForOperators(operators)).filter(({ tenantId }) => tenantId === broken.tenantId);
  expect(await mine()).toMatchObject([named]);
  expect((await listAttention(operators)).find(({ operationId }) => operationId === tenant.operationId)).toMatchObject({
    state: "RUNNING",
    reason,
  });
  await environment().run(beginEpochTurn, epoch);
  expect(await environment().run(rewrapEpoch, epoch)).toMatchObject({ outcome: "held" });
  expect(await told()).toHaveLength(1);

  // Put back from a copy, it opens again, and all goes on.
  await shredding.owner("keyring", "update keyring.data_keys set wrapped = $2 where tenant_id = $1 and purpose = 'index'", [
    broken.tenantId,
    whole?.wrapped,
  ]);
  await environment().run(beginEpochTurn, epoch);
  expect(await environment().run(rewrapEpoch, epoch)).toMatchObject({ outcome: "retired" });
  expect([await mine(), (await told()).map(({ type }) => type)]).toEqual([[], ["tenant.key-unreadable", "tenant.key-readable"]]);
  await refused();
  await environment().run(endEpochTurn, epoch);
  expect(await shredding.run("lookAtTurns", tenant)).toEqual({ turned: true, dueAt: null });
  expect(await notice()).toEqual([{ reason: null }]);
  await shredding.run("verifyShredded", tenant);
  expect(await shredding.keys(tenant)).toMatchObject([{ model: "shared-epoch", state: "PendingDeletion", epoch: epoch.epoch }]);
  expect((await findEpoch(shredding.clients.keyring, onlyPool, epoch.epoch))?.wrapped).toBeNull();
  const canaries = (await shredding.evidence(tenant)).filter((one) => one.type === "canary");
  expect(canaries.map(({ store, planted, readableAfter }) => [store, planted, readableAfter])).toEqual([
    ["epoch", 1, 0],
    ["keyring", 1, 0],
  ]);
  expect((await other.documents.list()).length).toBe(1);
});

test("KMS throttled, then refusing, then answering late: nothing is skipped, and a key that waits already keeps its date", async () => {
  const tenant = await shredding.letGo("business");
  const { placement } = await findPlacement(shredding.clients.application, tenant.tenantId);
  const root = new KMSClient(shredding.world.aws("root"));
  const { DeletionDate } = await root.send(new ScheduleKeyDeletionCommand({ KeyId: placement.keyArn, PendingWindowInDays: 11 }));
  const throttled = proxy.inject({ service: "kms", action: "DescribeKey", mode: "throttle" });
  await expect(shredding.run("destroyKeys", tenant, { activities: faulty })).rejects.toMatchObject({
    type: "UNAVAILABLE",
    nonRetryable: false,
  });
  throttled.lift();
  const refused = proxy.inject({ service: "kms", action: "DescribeKey", mode: "refuse" });
  await expect(shredding.run("destroyKeys", tenant, { activities: faulty })).rejects.toMatchObject({
    type: "PRECONDITION_FAILED",
  });
  refused.lift();
  const lost = proxy.inject({ service: "kms", action: "DeleteAlias", mode: "lost-answer", times: 1 });
  await expect(shredding.run("destroyKeys", tenant, { activities: faulty })).rejects.toMatchObject({ nonRetryable: false });
  expect(lost.hits()).toBe(1);
  await shredding.run("destroyKeys", tenant, { activities: faulty });
  const [key] = await shredding.keys(tenant);
  expect(key).toMatchObject({ wrappedBefore: 3, wrappedAfter: 0, state: "PendingDeletion", deletionDate: DeletionDate?.toISOString() });
});

test("KMS that hangs until the client gives up: what was not done is not taken for done, and the next attempt does it", async () => {
  const tenant = await shredding.letGo("business");
  const { placement } = await findPlacement(shredding.clients.application, tenant.tenantId);
  const root = new KMSClient(shredding.world.aws("root"));
  const requestHandler = { connectionTimeout: 1_000, requestTimeout: 400, throwOnRequestTimeout: true };
  const kms = new KMSClient({ ...shredding.world.aws("worker"), endpoint: proxy.url, maxAttempts: 1, requestHandler });
  const impatient = shredding.activitiesWith({ kms });
  const left = async () => {
    const rows = await shredding.owner("keyring", "select from keyring.data_keys where tenant_id = $1", [tenant.tenantId]);
    const { KeyMetadata } = await root.send(new DescribeKeyCommand({ KeyId: placement.keyArn }));
    const [step] = await shredding.owner<{ state: string }>(
      "control",
      "select state from control.operation_steps where operation_id = $1 and step = 'destroy-keys'",
      [tenant.operationId],
    );
    return { wrapped: rows.length, key: KeyMetadata?.KeyState, step: step?.state };
  };
  for (const [action, found] of [
    ["DisableKey", { wrapped: 3, key: "Enabled" }],
    ["ScheduleKeyDeletion", { wrapped: 0, key: "Disabled" }],
    ["DeleteAlias", { wrapped: 0, key: "PendingDeletion" }],
  ] as const) {
    const hanging = proxy.inject({ service: "kms", action, mode: "hang" });
    const attempt = shredding.run("destroyKeys", tenant, { activities: impatient });
    await expect(attempt, action).rejects.toMatchObject({ type: "UNAVAILABLE", nonRetryable: false });
    expect(hanging.hits(), action).toBe(1);
    expect(await left(), action).toEqual({ ...found, step: "RETRYING" });
    await expect(shredding.run("confirmLeases", tenant), action).rejects.toMatchObject({ details: ["keys-not-destroyed"] });
    hanging.lift();
    await shredding.forget(tenant, "wait-leases");
  }
  await shredding.run("destroyKeys", tenant, { activities: impatient, attempt: 2 });
  expect(await left()).toEqual({ wrapped: 0, key: "PendingDeletion", step: "SUCCEEDED" });
  expect(await shredding.keys(tenant)).toMatchObject([{ wrappedBefore: 3, wrappedAfter: 0, state: "PendingDeletion" }]);
});

test("5,000 objects with versions and delete markers go page by page, and an attempt that was cut short is carried on", async () => {
  const tenant = await shredding.letGo("business");
  const { placement } = await findPlacement(shredding.clients.application, tenant.tenantId);
  const put = (n: number) => s3.send(new PutObjectCommand({ Bucket: s3Bucket(), Key: `${placement.objectPrefix}many/${n}`, Body: `${n}` }));
  for (let first = 0; first < 5_000; first += 50) await Promise.all(Array.from({ length: 50 }, (_, at) => put(first + at)));
  await Promise.all(Array.from({ length: 40 }, (_, at) => put(at)));
  for (let n = 0; n < 20; n++) await s3.send(new DeleteObjectCommand({ Bucket: s3Bucket(), Key: `${placement.objectPrefix}many/${n}` }));
  await shredding.run("destroyKeys", tenant);
  const cut = new S3Client({ ...shredding.world.aws("worker"), endpoint: proxy.url, maxAttempts: 1 });
  const fault = proxy.inject({ service: "s3", action: "DeleteObjects", mode: "reset", after: 2, times: 1 });
  await expect(shredding.run("deleteObjects", tenant, { activities: shredding.activitiesWith({ s3: cut }) })).rejects.toMatchObject({
    nonRetryable: false,
  });
  expect(fault.hits()).toBe(1);
  await shredding.run("deleteObjects", tenant, { attempt: 2 });
  const { objects } = await shredding.stores(tenant);
  expect(objects?.before).toBeGreaterThanOrEqual(5_000 + 40 + 20);
  expect(objects?.after).toBe(0);
}, 300_000);
