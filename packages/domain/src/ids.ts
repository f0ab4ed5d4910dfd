import { monotonicFactory } from "ulid";

/** Every id is `<prefix>_<ULID>`: opaque, sortable by creation, safe in logs, workflow ids and object keys. */
export const idPrefixes = {
  tenant: "tnt",
  operation: "op",
  command: "cmd",
  signUp: "sup",
  invitation: "inv",
  user: "usr",
  operator: "opr",
  event: "evt",
  audit: "aud",
  mail: "mail",
  document: "doc",
  folder: "fld",
  apiKey: "key",
  request: "req",
  export: "exp",
  certificate: "crt",
  pseudonym: "psn",
  legalHold: "lgh",
  holdChange: "hch",
  keyLoss: "kls",
  secondFactorReset: "sfr",
} as const;

export type IdKind = keyof typeof idPrefixes;
export type TenantId = `tnt_${string}`;
export type OperationId = `op_${string}`;

export type IdOf<K extends IdKind> = `${(typeof idPrefixes)[K]}_${string}`;

/** Random bytes by the hundred: asking the system for each one costs more than the id. */
const randomBytes = new Uint8Array(512);
let unused = 0;

/** A fraction of 256 parts, from the system's random source. */
function randomFraction(): number {
  if (unused === 0) {
    crypto.getRandomValues(randomBytes);
    unused = randomBytes.length;
  }
  unused -= 1;
  return (randomBytes[unused] ?? 0) / 256;
}

const ulid = monotonicFactory(randomFraction);
const ulidPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** A new id of the given kind. Not for workflow code: it reads the clock and the random source. */
export function newId<K extends IdKind>(kind: K): IdOf<K> {
  return `${idPrefixes[kind]}_${ulid()}` as IdOf<K>;
}

/** True when `value` is a well-formed id of the given kind; says nothing about whether it exists. */
export function isId<K extends IdKind>(kind: K, value: unknown): value is IdOf<K> {
  if (typeof value !== "string") return false;
  const prefix = `${idPrefixes[kind]}_`;
  return value.startsWith(prefix) && ulidPattern.test(value.slice(prefix.length));
}
