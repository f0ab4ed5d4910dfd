import { isEncrypted } from "@leasehold/tenancy/payloads/key-id";
import type { Payload } from "@leasehold/tenancy/payloads/payload";
import type { PayloadKeys } from "@leasehold/tenancy/payloads/payload-keys";
import { readPayloads } from "@leasehold/tenancy/payloads/read-payloads";

const isPayload = (value: object): value is Payload => "metadata" in value && "data" in value && value.data instanceof Uint8Array;

/** A history with every payload opened, wherever it is: for files that people read. */
export async function openHistory<T>(keys: PayloadKeys, value: T): Promise<T> {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (isPayload(value)) {
    if (!isEncrypted(value)) return value;
    const [opened] = await readPayloads(keys, [value]);
    return Object.assign(Object.create(Object.getPrototypeOf(value)), value, opened);
  }
  const into = (Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value))) as Record<string, unknown>;
  for (const [name, part] of Object.entries(value)) into[name] = await openHistory(keys, part);
  return into as T;
}
