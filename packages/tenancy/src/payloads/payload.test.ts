import { expect, test } from "vitest";
import { type Payload, packPayload, unpackPayload } from "./payload.ts";

const bytes = (text: string) => Buffer.from(text);

test("a payload comes back with its metadata, also without any and without data", () => {
  for (const payload of [
    { metadata: { encoding: bytes("json/plain"), messageType: bytes("x") }, data: bytes('"text"') },
    { metadata: { encoding: bytes("binary/null") }, data: new Uint8Array() },
    { metadata: {}, data: bytes("") },
  ])
    expect(unpackPayload(packPayload(payload))).toEqual({
      metadata: Object.fromEntries(Object.entries(payload.metadata).map(([name, value]) => [name, Buffer.from(value)])),
      data: Buffer.from(payload.data),
    });
});

test("what the SDK writes for nothing is nothing", () => {
  const nothing: Payload = { metadata: null, data: [] as unknown as Uint8Array };
  expect(unpackPayload(packPayload(nothing))).toEqual({ metadata: {}, data: Buffer.alloc(0) });
});

test("what was cut short is refused", () => {
  const packed = packPayload({ metadata: { encoding: bytes("json/plain") }, data: bytes("text") });
  for (const length of [0, 3, 10, packed.length - 1]) expect(() => unpackPayload(packed.subarray(0, length))).toThrow(RangeError);
});
