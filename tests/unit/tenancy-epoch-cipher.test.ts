import { randomBytes } from "node:crypto";
import { newId } from "@leasehold/domain/ids";
import { type EpochIdentity, unwrapUnderBranch, wrappedBytes, wrapUnderBranch } from "@leasehold/tenancy/keys/epoch-cipher";
import { expect, test } from "vitest";

const branchKey = randomBytes(32);
const dataKey = randomBytes(32);
const identity: EpochIdentity = { tenantId: newId("tenant"), purpose: "data", version: 1, pool: "pool", epoch: 1 };
const wrapped = wrapUnderBranch(branchKey, identity, dataKey);
const opens = (as: EpochIdentity, bytes = wrapped, under = branchKey) => {
  try {
    return unwrapUnderBranch(under, as, bytes).equals(dataKey) ? "the key" : "another key";
  } catch (error) {
    return (error as Error).message;
  }
};
const refused = "a wrapped key does not open for its tenant, purpose, version and epoch";

test("a data key opens under its branch key for its tenant, purpose, version, pool and epoch, and for nothing else", () => {
  expect(opens(identity)).toBe("the key");
  const others: Partial<EpochIdentity>[] = [
    { tenantId: newId("tenant") },
    { tenantId: "" as never },
    { purpose: "index" },
    { purpose: "payload" },
    { version: 2 },
    { pool: "pool1" },
    { pool: "" },
    { epoch: 2 },
  ];
  for (const other of others) expect(opens({ ...identity, ...other }), JSON.stringify(other)).toBe(refused);
  expect(opens(identity, wrapped, randomBytes(32))).toBe(refused);
});

test("parts of the context do not run into one another", () => {
  const joined = wrapUnderBranch(branchKey, { ...identity, pool: "a1", epoch: 1 }, dataKey);
  expect(opens({ ...identity, pool: "a", epoch: 11 }, joined)).toBe(refused);
});

test("a wrapped key with any bit changed, or cut anywhere, does not open", () => {
  for (let at = 0; at < wrapped.length; at++) {
    const changed = Buffer.from(wrapped);
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
    expect(opens(identity, changed), `byte ${at}`).toMatch(/does not open|not in a known format/);
    expect(opens(identity, wrapped.subarray(0, at)), `${at} bytes`).toBe("a wrapped key is not in a known format");
  }
  expect(opens(identity, Buffer.concat([wrapped, Buffer.of(0)]))).toBe("a wrapped key is not in a known format");
});

test("the same key wrapped twice is two ciphertexts, and neither holds it", () => {
  const again = wrapUnderBranch(branchKey, identity, dataKey);
  expect(again.length).toBe(wrappedBytes);
  expect(again.equals(wrapped)).toBe(false);
  for (const secret of [dataKey, branchKey]) expect(Buffer.concat([wrapped, again]).includes(secret.subarray(0, 8))).toBe(false);
});

test("only a key of 32 bytes is wrapped", () => {
  expect(() => wrapUnderBranch(branchKey, identity, randomBytes(16))).toThrow("32 bytes");
});
