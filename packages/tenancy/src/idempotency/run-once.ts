import { createHash } from "node:crypto";
import { type Claim, claimKey, keepAnswer, sweepAnswers } from "@leasehold/db/application/idempotency/claim-key";
import type { TenantTransaction } from "@leasehold/db/application/with-tenant";
import { actorRef } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import SuperJSON from "superjson";
import { ExpiringCache } from "../cache/expiring-cache.ts";
import type { AppContext } from "../context.ts";
import type { TenantData } from "../data/tenant-data.ts";
import { decryptColumns, encryptColumns } from "../keys/columns.ts";
import type { DataKeys } from "../keys/data-keys.ts";

export interface OnceRequest {
  /** As the caller gave it; undefined runs the work without remembering. */
  key: string | undefined;
  /** What is done: the procedure's path. */
  operation: string;
  /** What it is done with; the same key with another input is refused. */
  input: unknown;
}

const superjson = new SuperJSON();
// Bytes of a row are what is sealed by itself.
superjson.registerCustom<Uint8Array, string>(
  {
    isApplicable: (value) => value instanceof Uint8Array,
    serialize: () => {
      throw new TypeError("an answer that is kept holds bytes: give what they stand for");
    },
    deserialize: () => new Uint8Array(),
  },
  "bytes",
);

const sweepEveryMs = 3_600_000;
const lastSweeps = new ExpiringCache<number>({ maxEntries: 10_000, freshUntil: (at) => at + sweepEveryMs });

/** The caller's key: 1 to 255 visible ASCII characters. Throws VALIDATION. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === "string" && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw new DomainError("VALIDATION", "Idempotency-Key: Send 1 to 255 visible ASCII characters.", {
    field: "Idempotency-Key",
    reason: "idempotency-key-malformed",
  });
}

/**
 * Runs `work` in one transaction of the tenant, once for each idempotency key of an actor: the same key and input is answered as
 * before, however many ask at the same time, for a day. What failed is not kept. The answer, and the digest of the input, are kept
 * under the tenant's key; `work` gives what superjson can write, and is database work only. What it gives holds no bytes, which throws, so
 * that nothing within it is sealed by itself: a rotation encrypts the answer anew and not what is in it, and destroys the key of that.
 * Throws CONFLICT (`idempotency-key-reused`) for another input, and what `work` throws.
 */
export async function runOnce<T>(
  { data, keys }: { data: TenantData; keys: DataKeys },
  app: AppContext,
  request: OnceRequest,
  work: (tx: TenantTransaction) => Promise<T>,
): Promise<T> {
  if (request.key === undefined) return data.transaction(app, "write", work);
  const keyHash = createHash("sha256").update(request.key).digest();
  const digest = createHash("sha256")
    .update(`${request.operation}\n${canonical(superjson.serialize(request.input))}`)
    .digest("hex");
  const cell = { table: "idempotency_keys", column: "sealed", rowId: `${actorRef(app.actor)}|${keyHash.toString("hex")}` };
  // The key's lease is taken here, so that sealing below finds it in memory.
  await keys.use(app, ["newest"], () => undefined);
  const done = await data.transaction(app, "write", async (tx): Promise<{ answer: T } | Extract<Claim, { outcome: "answered" }>> => {
    const claim = await claimKey(tx, app, keyHash);
    if (claim.outcome === "answered") return claim;
    const answer = await work(tx);
    const { sealed } = await encryptColumns(keys, app, [{ ...cell, text: superjson.stringify({ digest, answer }) }]);
    await keepAnswer(tx, app, keyHash, sealed[0] as Buffer);
    return { answer };
  });
  void lastSweeps.get(app.tenantId, () => sweep(data, app)).catch(() => undefined);
  if ("answer" in done) return done.answer;
  const [text = ""] = await decryptColumns(keys, app, [{ ...cell, sealed: done.sealed }]);
  const kept = superjson.parse<{ digest: string; answer: T }>(text);
  if (kept.digest === digest) return kept.answer;
  throw new DomainError("CONFLICT", "This idempotency key came with another request before. Choose a new one.", {
    reason: "idempotency-key-reused",
    field: "Idempotency-Key",
  });
}

async function sweep(data: TenantData, app: AppContext): Promise<number> {
  await data.query(app, "write", (tx) => sweepAnswers(tx, app.tenantId));
  return Date.now();
}

/** JSON with members in order, so that the order in which a caller writes them says nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}
