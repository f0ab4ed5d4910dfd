import { z } from "zod";
import type { Payload } from "../payload.ts";

/** A history's largest payloads are 2 MB each; a page of one comes with many small ones. */
export const maxDecodeBytes = 8 * 1024 * 1024;
const maxPayloads = 2_000;

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const wire = z.object({
  payloads: z.array(z.object({ metadata: z.record(z.string().max(100), base64).nullish(), data: base64.nullish() })).max(maxPayloads),
});

/** What the Temporal UI asks and is answered: payloads in JSON, their bytes in base64. Undefined for anything else. */
export function readWire(text: string): Payload[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = wire.safeParse(json);
  return parsed.data?.payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value, "base64")])),
    data: Buffer.from(data ?? "", "base64"),
  }));
}

export function writeWire(payloads: readonly Payload[]): string {
  const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString("base64");
  return JSON.stringify({
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, text(value)])),
      data: text(data),
    })),
  });
}
