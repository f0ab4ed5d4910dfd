import type { KMSClient } from "@aws-sdk/client-kms";
import { newId } from "@leasehold/domain/ids";
import { leaseMs } from "@leasehold/domain/keys/leases";
import type { TenantScope } from "@leasehold/tenancy/context";
import { createDataKeys, type DataKeySources, type WrappedKey } from "@leasehold/tenancy/keys/data-keys";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

// The clock is the test's: the time of leases is what is tried, with the product's own code for everything but KMS's answer.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const tenantId = newId("tenant");
const scope = { tenantId, plan: "pro", placement: { keyArn: "arn:aws:kms:r:1:key/a" } } as TenantScope;

interface Given {
  sources: DataKeySources;
  unwrapped: Buffer[];
  asked: () => number;
  fail: (error: Error | undefined) => void;
}

function given(stored: (version: unknown) => WrappedKey | undefined = () => key(1)): Given {
  const unwrapped: Buffer[] = [];
  let asked = 0;
  let failure: Error | undefined;
  const send = async () => {
    asked += 1;
    if (failure !== undefined) throw failure;
    const Plaintext = Buffer.alloc(32, asked);
    unwrapped.push(Plaintext);
    return { Plaintext };
  };
  return {
    unwrapped,
    asked: () => asked,
    fail: (error) => {
      failure = error;
    },
    sources: { loadWrappedKey: async (_tenant, version) => stored(version), kmsFor: async () => ({ send }) as unknown as KMSClient },
  };
}
const key = (version: number, changes: Partial<WrappedKey> = {}): WrappedKey => ({
  version,
  wrapped: Buffer.from("wrapped"),
  keyArn: scope.placement.keyArn,
  ...changes,
});
const isZero = (buffer: Buffer) => buffer.every((byte) => byte === 0);

test("a key is held for 30 seconds at most, whatever is asked for, and is zeros from then on", async () => {
  const { sources, asked } = given();
  const keys = createDataKeys({ ...sources, leaseMs: 3_600_000 });
  const held = await keys.use(scope, ["newest"], (ring) => ring.key("newest"));
  for (let seconds = 0; seconds < 29; seconds++) {
    await keys.use(scope, ["newest"], () => undefined);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(asked()).toBe(1);
  expect(isZero(held)).toBe(false);
  await vi.advanceTimersByTimeAsync(leaseMs - 29_000);
  expect(isZero(held)).toBe(true);
  await keys.use(scope, ["newest"], () => undefined);
  expect(asked()).toBe(2);
});

test("what KMS sent is zeroised as soon as it is copied", async () => {
  const { sources, unwrapped } = given();
  await createDataKeys(sources).use(scope, [1], () => undefined);
  expect(unwrapped).toHaveLength(1);
  expect(unwrapped.every(isZero)).toBe(true);
});

test("a newer version is written with when the lease on the newest ends, not later", async () => {
  let newest = 1;
  const { sources } = given((version) => key(typeof version === "number" ? version : newest));
  const keys = createDataKeys(sources);
  const writes = () => keys.use(scope, ["newest"], (ring) => ring.newestVersion);
  expect(await writes()).toBe(1);
  newest = 2;
  await vi.advanceTimersByTimeAsync(leaseMs - 1);
  expect(await writes()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await writes()).toBe(2);
});

test("no lease outlives the close", async () => {
  const { sources } = given((version) => key(typeof version === "number" ? version : 3));
  const keys = createDataKeys(sources);
  const held = await keys.use(scope, ["newest", "index", 1, 2], (ring) => [
    ring.key("newest"),
    ring.key("index"),
    ring.key(1),
    ring.key(2),
  ]);
  expect(held.some(isZero)).toBe(false);
  keys.close();
  await vi.advanceTimersByTimeAsync(0);
  expect(held.every(isZero)).toBe(true);
});

test("a check looks past every lease and holds nothing", async () => {
  const { sources, asked, fail } = given(() => key(1, { customerManaged: true }));
  const keys = createDataKeys(sources);
  await keys.use(scope, ["newest", "index"], () => undefined);
  expect(asked()).toBe(2);
  await keys.check(scope);
  expect(asked()).toBe(4);
  fail(Object.assign(new Error("disabled"), { name: "DisabledException" }));
  await expect(keys.check(scope)).rejects.toMatchObject({
    code: "PRECONDITION_FAILED",
    reason: "customer-key-disabled",
    field: "key-disabled",
  });
  await keys.use(scope, ["newest"], () => undefined);
});

test.each([
  ["DisabledException", "key-disabled"],
  ["KMSInvalidStateException", "key-deletion-pending"],
  ["AccessDeniedException", "key-access-denied"],
  ["NotFoundException", "key-missing"],
])("%s closes a workspace under its customer's key, and is an outage under ours", async (name, closure) => {
  const error = Object.assign(new Error("refused"), { name });
  const customers = given(() => key(1, { customerManaged: true }));
  customers.fail(error);
  await expect(createDataKeys(customers.sources).use(scope, [1], () => "used")).rejects.toMatchObject({
    code: "PRECONDITION_FAILED",
    reason: "customer-key-disabled",
    field: closure,
  });
  const ours = given();
  ours.fail(error);
  await expect(createDataKeys(ours.sources).use(scope, [1], () => "used")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    reason: "key-unavailable",
  });
});

test.each(["InvalidCiphertextException", "ThrottlingException", "TimeoutError"])(
  "%s is an outage, also under a customer's key",
  async (name) => {
    const { sources, fail } = given(() => key(1, { customerManaged: true }));
    fail(Object.assign(new Error("refused"), { name }));
    await expect(createDataKeys(sources).use(scope, [1], () => "used")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      reason: "key-unavailable",
    });
  },
);

test("without a version in the keyring, nothing is used", async () => {
  const { sources, asked } = given(() => undefined);
  const keys = createDataKeys(sources);
  for (const version of ["newest", "index"] as const) {
    await expect(keys.use(scope, [version], () => "used")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  }
  await expect(keys.use(scope, [7], () => "used")).rejects.toMatchObject({ name: "UnreadableError" });
  expect(asked()).toBe(0);
});
