import { expect, test } from "vitest";
import { plans } from "../plans.ts";
import { onboardingSteps, onboardingStepsFor } from "./steps.ts";

test("verification comes after everything that it verifies, and activation last", () => {
  const stages = onboardingSteps.map(({ stage }) => stage);
  expect([...stages].sort((a, b) => a - b)).toEqual(stages);
  expect(onboardingSteps.at(-2)?.step).toBe("verify");
  expect(onboardingSteps.at(-1)?.step).toBe("activate");
});

test("a pooled plan builds no stack, a silo plan does", () => {
  expect(onboardingStepsFor(plans.starter.placement)).not.toContain("stack");
  expect(onboardingStepsFor(plans.enterprise.placement)).toContain("stack");
});

test("what is built for one tenant alone waits for an operator's approval", () => {
  for (const plan of Object.values(plans)) expect(plan.approval).toBe(onboardingStepsFor(plan.placement).includes("stack"));
});
