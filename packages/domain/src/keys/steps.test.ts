import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { customerKeyPolicy, grantedOperations, keyArnProblem } from "./custody.ts";
import { keyOperationsDiagram } from "./diagram.ts";
import { keyActions, keyStepLabels, keyStepPosition, keyStepsFor } from "./steps.ts";

test("the docs draw the work on keys from its steps", () => {
  const architecture = readFileSync(new URL("../../../../docs/architecture.md", import.meta.url), "utf8");
  expect(architecture).toContain(keyOperationsDiagram());
});

test("each step has a name of its own, a label and its place", () => {
  const steps = keyActions.flatMap(keyStepsFor);
  expect(new Set(steps).size).toBe(steps.length);
  for (const action of keyActions)
    keyStepsFor(action).forEach((step, index) => {
      expect(keyStepPosition(step).position).toBe(index + 1);
      expect(keyStepLabels[step]).not.toBe("");
    });
});

test("old keys are destroyed after everything is encrypted anew, and a key is used after it was proved", () => {
  expect(keyStepsFor("rotate").indexOf("retire")).toBeGreaterThan(keyStepsFor("rotate").indexOf("re-encrypt"));
  expect(keyStepsFor("change").indexOf("switch-key")).toBeGreaterThan(keyStepsFor("change").indexOf("prove-key"));
});

test("a customer's policy lets one tenant's role be granted, within that tenant's context alone", () => {
  const tenant = "tnt_0000000000000000000000000A";
  const statements = customerKeyPolicy(tenant, "arn:aws:iam::111122223333:role/leasehold-tenant");
  expect(statements.map(({ Action }) => Action)).toEqual([
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:Decrypt",
    "kms:CreateGrant",
  ]);
  for (const { Principal } of statements) expect(Principal).toEqual({ AWS: "arn:aws:iam::111122223333:root" });
  for (const { Action, Condition } of statements.filter(({ Action }) => Action !== "kms:DescribeKey")) {
    expect(Condition?.StringEquals?.["kms:EncryptionContext:tenant"], Action).toBe(tenant);
  }
  const opens = statements.find(({ Action }) => Action === "kms:Decrypt");
  expect(opens?.Condition?.StringEquals?.["kms:EncryptionContext:purpose"]).toBe("payload");
  const grant = statements.find(({ Action }) => Action === "kms:CreateGrant");
  expect(grant?.Condition?.StringEquals).toMatchObject({ "kms:GrantConstraintType": "EncryptionContextSubset" });
  expect(grant?.Condition?.["ForAllValues:StringEquals"]).toEqual({ "kms:GrantOperations": [...grantedOperations] });
});

test("only a key's own ARN in the data's region is taken", () => {
  const key = "arn:aws:kms:eu-central-1:111122223333:key/0f3c1d2e-0000-4000-8000-000000000000";
  expect(keyArnProblem(key, "eu-central-1")).toBeUndefined();
  expect(
    keyArnProblem(key.replace("key/0f3c1d2e-0000-4000-8000-000000000000", `key/mrk-${"a".repeat(32)}`), "eu-central-1"),
  ).toBeUndefined();
  for (const other of [
    `${key}*`,
    ` ${key}`,
    key.replace("key/", "alias/"),
    key.replace(":kms:", ":s3:"),
    key.replace("111122223333", "*"),
    "",
  ]) {
    expect(keyArnProblem(other, "eu-central-1"), other).toBeDefined();
  }
  expect(keyArnProblem(key, "us-east-1")).toContain("us-east-1");
});
