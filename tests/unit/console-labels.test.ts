import { resourceKinds } from "@leasehold/activities/onboarding/resource-names";
import { offboardingStores } from "@leasehold/domain/offboarding/stores";
import { expect, test } from "vitest";
import { evidenceLabel, resourceLabel } from "../../apps/console/src/lib/item-label.ts";

test("every kind of resource that onboarding makes has words of its own", () => {
  for (const kind of Object.values(resourceKinds)) expect(resourceLabel(kind)).not.toMatch(/^[a-z]|-/);
  expect(resourceLabel("kms-key")).toBe("Encryption key in KMS");
  expect(resourceLabel("message-topic")).toBe("Message topic");
});

test("evidence is called by its label, by the registry of stores, or by what kind of key it is about", () => {
  expect(evidenceLabel({ item: "store:x", evidence: { type: "store", label: "Files" } })).toBe("Files");
  for (const { store, label } of offboardingStores) expect(evidenceLabel({ item: `store:${store}`, evidence: {} })).toBe(label);
  expect(evidenceLabel({ item: "key:arn:aws:kms:x", evidence: { type: "key", model: "shared-epoch" } })).toBe(
    "KMS key of the pool's epoch",
  );
  expect(evidenceLabel({ item: "new-thing", evidence: {} })).toBe("New thing");
});
