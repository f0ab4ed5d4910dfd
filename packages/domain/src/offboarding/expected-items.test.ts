import { expect, test } from "vitest";
import type { CertificateKeyModel, Evidence } from "./certificate.ts";
import { describeConfirmation } from "./confirmation.ts";
import { expectedItemsOf } from "./expected-items.ts";

const answer = { keyArn: "arn", wrappedBefore: 1, wrappedAfter: 0, state: "NotFound", answeredAt: "2031-01-01T00:00:00.000Z" } as const;
const key = (model: CertificateKeyModel): Evidence => ({ type: "key", model, ...answer });
const canaries = (kind: "closure" | "person-erasure", ...evidence: Evidence[]) =>
  expectedItemsOf(kind, evidence)
    .map(({ item }) => item)
    .filter((item) => item.startsWith("canary:"))
    .sort();

test("what is tried again is expected by the keys that there were", () => {
  expect(canaries("closure", key("customer"))).toEqual(["canary:keyring"]);
  expect(canaries("closure", key("dedicated"), key("customer"))).toEqual(["canary:keyring", "canary:kms"]);
  expect(canaries("closure", key("shared-epoch"))).toEqual(["canary:epoch", "canary:keyring"]);
  const former = { until: answer.answeredAt, copiesUntil: answer.answeredAt };
  expect(canaries("closure", key("customer"), { ...key("shared-epoch"), former } as Evidence)).toEqual(["canary:keyring"]);
  expect(canaries("person-erasure", key("dedicated"))).toEqual([]);
});

test("a confirmation is said as far as it was recorded", () => {
  const said = (confirmedBy: Parameters<typeof describeConfirmation>[0]["confirmedBy"]) =>
    describeConfirmation({ byOperator: false, confirmedBy });
  expect(said(null)).toBe("An owner typed the workspace's address.");
  expect(said("second-factor")).toContain("a code of their second factor");
  expect(said("password")).not.toContain("second factor");
  expect(describeConfirmation({ byOperator: true, confirmedBy: null })).toContain("another operator approved");
});
