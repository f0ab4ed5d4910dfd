import { mkdir, writeFile } from "node:fs/promises";
import type { Payload } from "@leasehold/tenancy/payloads/payload";
import type { PayloadKeys } from "@leasehold/tenancy/payloads/payload-keys";
import type { WorkflowHandle } from "@temporalio/client";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { openHistory } from "../support/open-history.ts";
import { endings } from "./endings.ts";
import { readStatuses } from "./read-statuses.ts";

const folder = new URL("./histories/", import.meta.url);

type History = Awaited<ReturnType<WorkflowHandle["fetchHistory"]>>;

/** A run's history as JSON, opened, so that what it holds is seen. */
export async function readHistory(keys: PayloadKeys, run: WorkflowHandle): Promise<string> {
  return toJson(await openHistory(keys, await run.fetchHistory()));
}

export function toJson(opened: History): string {
  return `${JSON.stringify(JSON.parse(historyToJSON(opened)), withoutMachine, 1)}\n`;
}

/** Puts a history beside those that replay.test.ts replays. Throws when its operation went another way than the name says. */
export async function saveHistory(name: string, json: string): Promise<void> {
  const [seen, meant] = [readStatuses(json), endings[name]];
  if (seen.join() !== meant?.join()) throw new Error(`${name} would go through ${seen.join() || "nothing"}, not ${meant?.join()}`);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${name}.json`, folder), json);
}

/** Who ran it, and where its code lay, is nobody's business and differs from machine to machine. */
function withoutMachine(key: string, value: unknown): unknown {
  if (key === "identity") return "worker";
  if (key === "stackTrace") return "";
  if (key === "encodedAttributes") return withoutStack(value as { data: string });
  return value;
}

/** A failure's message and stack, which the converter puts into one payload. */
function withoutStack({ data, ...payload }: Omit<Payload, "data"> & { data: string }): unknown {
  const attributes = JSON.parse(Buffer.from(data, "base64").toString()) as object;
  return { ...payload, data: Buffer.from(JSON.stringify({ ...attributes, stack_trace: "" })).toString("base64") };
}
