/** What Temporal keeps of one value, in the shape of its SDK: bytes, and metadata that says how to read them. */
export interface Payload {
  metadata?: Record<string, Uint8Array> | null;
  data?: Uint8Array | null;
}

/** Whose run a payload belongs to, in the shape of Temporal's SDK; it tells a codec the workflow id. */
export interface PayloadContext {
  workflowId?: string | undefined;
}

/** Bytes of a payload: for each metadata entry and the data, the length in four bytes before the value. */
export function packPayload({ metadata, data }: Payload): Buffer {
  const parts = Object.entries(metadata ?? {}).flatMap(([name, value]) => [Buffer.from(name, "utf8"), value]);
  return Buffer.concat([...parts, bytesOf(data)].flatMap((part) => [lengthOf(part), part]));
}

/** Reads what `packPayload` wrote. Throws RangeError for anything else. */
export function unpackPayload(packed: Buffer): Payload {
  const parts: Buffer[] = [];
  for (let at = 0; at < packed.length; ) {
    const end = at + 4 + packed.readUInt32BE(at);
    if (end > packed.length) throw new RangeError("a packed payload ends early");
    parts.push(packed.subarray(at + 4, end));
    at = end;
  }
  const data = parts.pop();
  if (data === undefined || parts.length % 2 !== 0) throw new RangeError("a packed payload lacks a part");
  const metadata: Record<string, Uint8Array> = {};
  for (let index = 0; index < parts.length; index += 2) metadata[parts[index]?.toString("utf8") ?? ""] = parts[index + 1] as Buffer;
  return { metadata, data };
}

/** The SDK hands nothing on as an empty array of numbers. */
function bytesOf(data: Payload["data"]): Uint8Array {
  return data instanceof Uint8Array ? data : Uint8Array.from(data ?? []);
}

function lengthOf(part: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return length;
}
