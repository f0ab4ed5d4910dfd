import type { OffboardingStep } from "@leasehold/domain/offboarding/steps";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWholeWorld, type WholeTenant, type WholeWorld } from "../support/offboarding/whole-world.ts";
import { chooseSample, readCommit } from "./choose-sample.ts";
import { closeUnderDeaths, deadlySteps } from "./closing-deaths.ts";

let whole: WholeWorld;
let other: WholeTenant;
let documentId: string;
beforeAll(async () => {
  whole = await createWholeWorld();
  other = await whole.onboard("business");
  documentId = await other.documents.store("Theirs.txt", Buffer.from("not to be lost"));
}, 300_000);
afterAll(() => whole?.[Symbol.asyncDispose]());

// `pnpm prove offboarding` kills at every step; here at some, by the commit.
const steps = chooseSample<OffboardingStep>(deadlySteps, 2, readCommit());

test(`a closing outlives its worker at ${steps.join(", ")}, and is certified once`, { timeout: 400_000 }, async () => {
  const tenant = await whole.onboard("business");
  await tenant.documents.store("Ours.txt", Buffer.from("to be erased"));
  expect(await closeUnderDeaths(whole, tenant, steps)).toBe(steps.length);
  expect((await other.documents.read(documentId)).toString()).toBe("not to be lost");
});
