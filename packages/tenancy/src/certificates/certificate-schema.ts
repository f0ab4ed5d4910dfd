import {
  type CertificateDocument,
  certificateAlgorithm,
  certificateFormats,
  certificateKeyModels,
  certificateKinds,
  finalityStates,
  holdChangeKinds,
  kmsKeyStates,
  type SignedCertificate,
  storeDispositions,
} from "@leasehold/domain/offboarding/certificate";
import { z } from "zod";

const text = z.string().max(2_000);
const time = z.iso.datetime({ precision: 3 });
const count = z.int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9A-HJKMNP-TV-Z]{26}$`));
const actor = z.string().regex(/^(user|operator|system|api-key):[0-9a-f]{32}$/);
const list = <T extends z.ZodType>(item: T) => z.array(item).max(1_000);

const store = z.strictObject({
  type: z.literal("store"),
  store: text,
  label: text,
  disposition: z.enum(storeDispositions),
  before: count.nullable(),
  after: count.nullable(),
  checkedAt: time.nullable(),
  how: text,
  keptUntil: time.exactOptional(),
  note: text.exactOptional(),
});

const key = z.strictObject({
  type: z.literal("key"),
  keyArn: text,
  model: z.enum(certificateKeyModels),
  wrappedBefore: count,
  wrappedAfter: count,
  state: z.enum(kmsKeyStates),
  deletionDate: time.exactOptional(),
  answeredAt: time,
  epoch: count.exactOptional(),
  lost: list(z.strictObject({ purpose: z.enum(["data", "index", "payload"]), version: count, lostAt: time })).exactOptional(),
  former: z.strictObject({ until: time, copiesUntil: time }).exactOptional(),
});

const canary = z.strictObject({
  type: z.literal("canary"),
  store: text,
  label: text,
  planted: count,
  readableAfter: count.nullable(),
  scannedBytes: count.exactOptional(),
  checkedAt: time.nullable(),
  how: text,
});

const hold = z.strictObject({
  type: z.literal("hold"),
  seconds: count,
  beganAt: time,
  endsAt: time,
  endedAt: time.nullable(),
  changes: list(z.strictObject({ at: time, kind: z.enum(holdChangeKinds), endsAt: time.nullable(), by: actor })),
  legalHolds: list(
    z.strictObject({ caseHash: hash, placedAt: time, placedBy: actor, releasedAt: time.nullable(), releasedBy: actor.nullable() }),
  ),
});

const copy = z.strictObject({
  type: z.literal("copy"),
  copy: text,
  label: text,
  unreadableBy: z.enum(["key", "expiry"]),
  unreadableFrom: time.nullable(),
  how: text,
});

/** One piece of evidence, as `control.offboarding_evidence` keeps it. */
export const evidenceSchema = z.discriminatedUnion("type", [store, key, canary, copy]);

const ofTheFirst: readonly string[] = ["gone", "scheduled", "not-applicable"];

/** Whether a document of the first format has what only later ones have. */
function isOutOfFormat({ format, finality, keys }: CertificateDocument): boolean {
  if (format !== certificateFormats[0]) return false;
  return !ofTheFirst.includes(finality.state) || keys.some(({ former }) => former !== undefined);
}

const documentShape = z.strictObject({
  format: z.enum(certificateFormats),
  algorithm: z.literal(certificateAlgorithm),
  certificateId: id("crt"),
  kind: z.enum(certificateKinds),
  sequence: z.int().positive(),
  previousHash: hash.nullable(),
  issuedAt: time,
  keyId: hash,
  pseudonym: id("psn"),
  operation: z.strictObject({ operationId: id("op"), kind: text, requestedAt: time, startedAt: time.nullable() }),
  authority: z.strictObject({
    requestedBy: actor,
    requestedAt: time,
    confirmation: text,
    approvals: list(z.strictObject({ by: actor, at: time })),
  }),
  hold: hold.nullable(),
  steps: list(z.strictObject({ step: text, state: text, startedAt: time.nullable(), finishedAt: time.nullable() })),
  stores: list(store),
  keys: list(key),
  canaries: list(canary),
  copies: list(copy),
  notChecked: list(z.strictObject({ item: text, label: text, reason: text })),
  finality: z.strictObject({ at: time.nullable(), state: z.enum(finalityStates), note: text }),
  closure: z.strictObject({ certificateId: id("crt"), hash }).nullable(),
  versions: z.strictObject({ product: text, commit: text.nullable(), schemas: z.record(z.string(), text) }),
  proves: list(text),
  doesNotProve: list(text),
}) satisfies z.ZodType<CertificateDocument>;

export const documentSchema = documentShape.refine((document) => !isOutOfFormat(document), { path: ["format"] });

export const signedSchema = z.strictObject({
  document: documentSchema,
  signature: z.strictObject({ algorithm: z.literal(certificateAlgorithm), keyId: hash, value: z.string().max(200) }),
}) satisfies z.ZodType<SignedCertificate>;

export const certificateKeysSchema = z.object({
  keys: z.array(
    z.strictObject({
      keyId: hash,
      algorithm: z.literal(certificateAlgorithm),
      publicKey: z.string().max(200),
      since: time,
      retiredAt: time.nullable(),
    }),
  ),
});
