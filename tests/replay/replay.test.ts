import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createPayloadKeys } from "@leasehold/tenancy/payloads/payload-keys";
import { workerConverter } from "@leasehold/worker/temporal/data-converter";
import { loadWorkflowBundle } from "@leasehold/worker/temporal/load-bundle";
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from "@temporalio/worker";
import { DeterminismViolationError } from "@temporalio/workflow";
import { beforeAll, describe, expect, test } from "vitest";
import { endings } from "./endings.ts";
import { readStatuses } from "./read-statuses.ts";

const folder = new URL("./histories/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
/** Histories are kept opened, so that what they hold is seen; a key of this test's own encrypts what replaying writes. */
const keys = createPayloadKeys({ unwrap: async () => ({ version: 1, key: randomBytes(32) }) });
const dataConverter = workerConverter(keys, new Date("9999-01-01"));
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

let changed: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  const logger = new DefaultLogger("ERROR");
  Runtime.install({ logger, shutdownSignals: [] });
  const workflowsPath = fileURLToPath(new URL("./changed-workflow.ts", import.meta.url));
  changed = await bundleWorkflowCode({ workflowsPath, logger });
});

test("there is a history of every ending", () => {
  expect(names.map((name) => name.replace(/\.json$/, "")).toSorted()).toEqual(Object.keys(endings).toSorted());
});

test.each(Object.entries(endings))("%s goes through %j", (name, states) => {
  expect(readStatuses(readFileSync(new URL(`${name}.json`, folder), "utf8"))).toEqual(states);
});

describe.each(names)("%s", (name) => {
  test("replays on the workflow as it is", async () => {
    const workflowBundle = await loadWorkflowBundle();
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, read(name));
  });

  test("is refused by a workflow that was changed", async () => {
    const replayed = Worker.runReplayHistory({ workflowBundle: changed, dataConverter }, read(name));
    await expect(replayed).rejects.toThrow(DeterminismViolationError);
  });

  test("holds nothing personal and no place of a machine", () => {
    const text = readFileSync(new URL(name, folder), "utf8").replace(/"data": "([A-Za-z0-9+/=]+)"/g, (_all, data: string) =>
      Buffer.from(data, "base64").toString(),
    );
    expect(text).not.toMatch(/@example|Acme|acme-|node_modules|file:\/\//);
  });
});
