import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isClosedBySuspension, suspensionAccesses, suspensionKinds, suspensionPresentation } from "./kinds.ts";
import { resumingSteps, suspendingSteps, suspensionActions, suspensionStepPosition, suspensionStepsFor } from "./steps.ts";

const docs = readFileSync(new URL("../../../../docs/suspension.md", import.meta.url), "utf8");

test("the docs draw the steps and name the kinds from the data", () => {
  for (const list of [suspendingSteps, resumingSteps]) for (const { step, label } of list) expect(docs).toContain(`${step}["${label}"]`);
  for (const kind of suspensionKinds) expect(docs).toContain(suspensionPresentation[kind].toOwners);
});

test("a step belongs to one list, and is told from its name which", () => {
  const all = suspensionActions.flatMap(suspensionStepsFor);
  expect(new Set(all).size).toBe(all.length);
  for (const action of suspensionActions)
    for (const [index, step] of suspensionStepsFor(action).entries()) expect(suspensionStepPosition(step).position).toBe(index + 1);
});

test("a suspension of which nothing is known keeps everybody out, and nothing else is one", () => {
  expect(isClosedBySuspension({ state: "SUSPENDED" })).toBe(true);
  expect(isClosedBySuspension({ state: "SUSPENDED", suspendedAccess: "closed" })).toBe(true);
  expect(isClosedBySuspension({ state: "SUSPENDED", suspendedAccess: "read-only" })).toBe(false);
  for (const suspendedAccess of suspensionAccesses) expect(isClosedBySuspension({ state: "CLOSING", suspendedAccess })).toBe(false);
});

test("where somebody may be doing harm, nobody is left in unless an operator says so", () => {
  for (const kind of ["abuse", "security"] as const) expect(suspensionPresentation[kind].usual).toBe("closed");
});
