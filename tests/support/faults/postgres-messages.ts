/** One message of the PostgreSQL protocol, version 3. `type` is empty for what a client sends before it is let in. */
export interface PostgresMessage {
  type: string;
  bytes: Buffer;
}

const typeless = new Set([80877102, 80877103, 80877104, 196608, 196610]);

/** Cuts a stream of bytes into messages; what is not whole yet is kept for the next chunk. */
export function createMessageReader(): (chunk: Buffer) => PostgresMessage[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const messages: PostgresMessage[] = [];
    while (rest.length >= 8 || (rest.length >= 5 && rest[0] !== 0)) {
      const isTypeless = rest[0] === 0 && typeless.has(rest.readUInt32BE(4));
      const length = isTypeless ? rest.readUInt32BE(0) : 1 + rest.readUInt32BE(1);
      if (rest.length < length) break;
      messages.push({ type: isTypeless ? "" : String.fromCharCode(rest[0] ?? 0), bytes: rest.subarray(0, length) });
      rest = rest.subarray(length);
    }
    return messages;
  };
}

/** A simple query message: the server answers it with one ReadyForQuery, as it does a Sync. */
export function queryMessage(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`, "utf8");
  const head = Buffer.alloc(5, "Q");
  head.writeUInt32BE(4 + text.length, 1);
  return Buffer.concat([head, text]);
}
