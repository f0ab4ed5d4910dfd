import { fileURLToPath } from "node:url";
import { createPayloadCodec } from "@leasehold/tenancy/payloads/create-payload-codec";
import type { PayloadKeys } from "@leasehold/tenancy/payloads/payload-keys";
import type { DataConverter } from "@temporalio/common";

/** Also for the bundle of the workflows: failures are made in there. */
export const failureConverterPath = fileURLToPath(import.meta.resolve("@leasehold/workflows/payloads/failure-converter"));

/** What a worker reads and writes with: whatever does not open fails its task, which is tried again. */
export function workerConverter(keys: PayloadKeys, plainUntil?: Date): DataConverter {
  return { failureConverterPath, payloadCodecs: [createPayloadCodec({ keys, unreadable: "fail", plainUntil })] };
}

/** What every client reads and writes with: whatever does not open shows as a placeholder. */
export function clientConverter(keys: PayloadKeys): DataConverter {
  return { failureConverterPath, payloadCodecs: [createPayloadCodec({ keys, unreadable: "placeholder" })] };
}
