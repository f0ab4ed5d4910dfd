import { expect, test } from "vitest";
import type { KeyEvidence } from "./certificate.ts";
import { claimsOf } from "./certificate-claims.ts";
import { finalityOf } from "./finality.ts";

const at = "2031-01-10T00:00:00.000Z";
const later = "2031-01-20T00:00:00.000Z";
const key = (changes: Partial<KeyEvidence>): KeyEvidence => ({
  type: "key",
  keyArn: "arn",
  model: "dedicated",
  wrappedBefore: 3,
  wrappedAfter: 0,
  state: "NotFound",
  answeredAt: "2031-01-09T00:00:00.000Z",
  ...changes,
});
const gone = key({});
const waiting = key({ state: "PendingDeletion", deletionDate: later });
const customers = key({ model: "customer", state: "Enabled" });
const held = (copiesUntil: string) =>
  key({ model: "shared-epoch", epoch: 4, state: "Enabled", former: { until: "2031-01-05T00:00:00.000Z", copiesUntil } });

test.each<[string, KeyEvidence[], ReturnType<typeof finalityOf>["state"], string | null]>([
  ["none of our keys is left", [gone], "gone", gone.answeredAt],
  ["one of ours waits", [gone, waiting], "scheduled", later],
  ["the customer's alone", [customers], "customers", null],
  ["the customer's, which KMS does not find", [{ ...customers, state: "NotFound" }], "customers", null],
  ["the customer's beside ours, gone", [gone, customers], "customers", gone.answeredAt],
  ["the customer's beside ours, waiting", [waiting, customers], "scheduled", later],
  ["one that was left before is held", [gone, held(later)], "held", later],
  ["one that was left before is held, beside the customer's", [held(later), customers], "held", later],
  ["one that was left before is held, without a copy left", [gone, held(at)], "copies-ended", gone.answeredAt],
  [
    "the customer's that was left before, without a copy left",
    [{ ...customers, former: { until: at, copiesUntil: at } }],
    "copies-ended",
    null,
  ],
])("%s", (_, keys, state, when) => {
  const found = finalityOf("finality", keys, at);
  expect(found).toMatchObject({ state, at: when });
  const withCustomers = keys.some(({ model, former }) => model === "customer" && former === undefined);
  expect(found.note.includes("customer's own key is the customer's")).toBe(withCustomers);
  expect(found.note.includes("none of the keys any more.")).toBe(state === "gone");
  expect(found.note.includes("epoch 4")).toBe(state === "held");
});

type Facts = Parameters<typeof claimsOf>[0];
function claims(kind: "closure" | "finality", keys: KeyEvidence[]) {
  const facts = { kind, keys, stores: [], canaries: [], copies: [], notChecked: [], hold: null, closure: null, previousHash: null };
  const { proves, doesNotProve } = claimsOf({ ...facts, finality: finalityOf(kind, keys, at) } as unknown as Facts);
  return { proves: proves.join("\n"), doesNotProve: doesNotProve.join("\n") };
}

test("nobody is said to be unable to open a copy where a customer's key may, or where a key that was left is there", () => {
  const byAnybody = "cannot be opened by anybody any more";
  expect(claims("finality", [gone]).proves).toContain("no longer has the keys: copies in backups");
  for (const keys of [[customers], [gone, customers], [gone, held(at)]]) {
    expect(claims("finality", keys).proves).not.toContain("no longer has the keys");
    expect(claims("closure", keys).proves).not.toContain(byAnybody);
  }
  expect(claims("finality", [customers]).proves).not.toContain(byAnybody);
  expect(claims("finality", [gone, customers]).proves).toContain("copies in backups that need one of those");
  for (const kind of ["closure", "finality"] as const) {
    expect(claims(kind, [customers]).doesNotProve).toContain("That copies of the keyring in backups cannot be opened");
    expect(claims(kind, [gone]).doesNotProve).not.toContain("copies of the keyring");
    expect(claims(kind, [gone, held(at)]).doesNotProve).toContain("had left before the closing is gone");
  }
});
