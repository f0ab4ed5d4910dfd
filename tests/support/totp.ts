import { createHmac } from "node:crypto";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const stepMs = 30_000;
/** A code of the half minute before is too old as soon as the next one begins: as long as it may take to be entered. */
const marginMs = 4_000;

/** What an authenticator app shows for a secret (RFC 6238), `steps` half minutes from now. Waits for the next half minute where this one ends soon. */
export function codeOfApp(secret: string, steps = 0): string {
  const leftMs = stepMs - (Date.now() % stepMs);
  if (leftMs < marginMs) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, leftMs);
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / stepMs) + steps));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
