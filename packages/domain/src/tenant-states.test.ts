import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { stateDiagram } from "./diagram.ts";
import { openOperationStates, operationExclusions, operationKinds, operationStates, operationTransitions } from "./operations.ts";
import { canTransition, tenantStates, tenantTransitions } from "./tenant-states.ts";

const architecture = readFileSync(new URL("../../../docs/architecture.md", import.meta.url), "utf8");

test("the docs draw the tenant's states from the data", () => {
  expect(architecture).toContain(stateDiagram(tenantTransitions));
});

test("the docs draw the operation's states from the data", () => {
  expect(architecture).toContain(stateDiagram(operationTransitions));
});

test("every state can be reached, and every one but the ends can be left", () => {
  for (const state of tenantStates.filter((state) => state !== "PROVISIONING"))
    expect(tenantStates.some((from) => canTransition(from, state))).toBe(true);
  expect(tenantStates.filter((state) => tenantTransitions[state].length === 0)).toEqual(["CLOSED", "FAILED"]);
});

test("an operation that has ended never opens again", () => {
  for (const state of operationStates)
    expect(operationTransitions[state].length === 0).toBe(!(openOperationStates as readonly string[]).includes(state));
});

test("exclusion goes both ways, but that a suspension does not wait for work on keys", () => {
  const oneWay = operationKinds.flatMap((a) =>
    operationExclusions[a].filter((b) => !operationExclusions[b].includes(a)).map((b) => [a, b]),
  );
  expect(oneWay).toEqual([["suspension", "keys"]]);
});

test("two operations of one kind exclude each other", () => {
  for (const kind of operationKinds) expect(operationExclusions[kind]).toContain(kind);
});

test("a long offboarding lets a person's erasure, a release and a restore go on", () => {
  expect(operationExclusions.offboarding).not.toContain("erasure");
  expect(operationExclusions.offboarding).not.toContain("release");
  expect(operationExclusions.offboarding).not.toContain("restore");
});
