import { timingSafeEqual } from "node:crypto";
import { findApiKey, type StoredApiKey, touchApiKey } from "@leasehold/db/application/api-keys/find-api-key";
import { findPlacement, type TenantPlacement } from "@leasehold/db/application/placement/find-placement";
import type { ApiKeyRate } from "@leasehold/domain/api-keys";
import { DomainError, isDomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import type { Scope } from "@leasehold/domain/roles";
import type pg from "pg";
import { ExpiringCache } from "../cache/expiring-cache.ts";
import type { TenantData } from "../data/tenant-data.ts";
import { digestSecret, readApiKey } from "./key-text.ts";

/** How long a verified key is believed: with a request that is under way, less than the 5 s in which a revoked one is refused. */
export const apiKeyCacheMs = 4_000;
const touchedAtMostMs = 60_000;

export interface VerifiedApiKey {
  tenantId: TenantId;
  keyId: string;
  scopes: readonly Scope[];
  /** Its own; undefined where the plan's holds. */
  rate: ApiKeyRate | undefined;
}

export interface ApiKeyVerifier {
  /** Takes the whole Authorization header. Throws UNAUTHENTICATED (`api-key-refused`), the same for whatever is wrong with it. */
  verify(authorization: string | undefined): Promise<VerifiedApiKey>;
  /** After a key was revoked or changed here: this process looks at it anew. */
  forget(tenantId: TenantId, keyId: string, secretHash: Buffer): void;
}

interface Held extends VerifiedApiKey {
  freshUntil: number;
}

/** Verified keys, found by tenant, key and secret together. What was refused is looked up each time, by the same two statements. */
export function createApiKeyVerifier(options: {
  pool: pg.Pool;
  data: TenantData;
  /** Told when the note of a key's last use could not be written. */
  onTouchFailed?: (error: unknown) => void;
  maxEntries?: number;
}): ApiKeyVerifier {
  const { pool, data, onTouchFailed = () => undefined } = options;
  const cache = new ExpiringCache<Held>({ maxEntries: options.maxEntries ?? 20_000, freshUntil: ({ freshUntil }) => freshUntil });
  const nameOf = (tenantId: string, keyId: string, digest: Buffer) => `${tenantId}|${keyId}|${digest.toString("base64url")}`;

  function touch(found: TenantPlacement, keyId: string, stored: StoredApiKey): void {
    if (stored.lastUsedAt !== null && Date.now() - stored.lastUsedAt.getTime() < touchedAtMostMs) return;
    const scope = { tenantId: found.tenantId as TenantId, plan: found.plan, placement: found.placement };
    data.query(scope, "write", (tx) => touchApiKey(tx, found.tenantId, keyId)).catch(onTouchFailed);
  }

  async function load(tenantId: TenantId, keyId: string, digest: Buffer): Promise<Held> {
    const begun = Date.now();
    const found = await findPlacement(pool, tenantId).catch(nothingWhenUnknown);
    const home = found === undefined ? pool : await data.poolOf({ tenantId, plan: found.plan, placement: found.placement });
    const stored = await findApiKey(home, tenantId, keyId);
    const same = timingSafeEqual(stored?.secretHash ?? Buffer.alloc(digest.length), digest);
    if (found === undefined || stored === undefined || !same || !stored.live) throw refuseApiKey();
    if (found.state === "ACTIVE") touch(found, keyId, stored);
    const { scopes, rate, liveMs } = stored;
    return { tenantId, keyId, scopes, rate, freshUntil: begun + Math.min(apiKeyCacheMs, liveMs) };
  }

  return {
    async verify(authorization) {
      const key = readApiKey(authorization?.slice("Bearer ".length) ?? "");
      if (key === undefined) throw refuseApiKey();
      const digest = digestSecret(key);
      return cache.get(nameOf(key.tenantId, key.keyId, digest), () => load(key.tenantId, key.keyId, digest));
    },
    forget: (tenantId, keyId, secretHash) => cache.delete(nameOf(tenantId, keyId, secretHash)),
  };
}

function refuseApiKey(): DomainError {
  return new DomainError("UNAUTHENTICATED", "The API key is not valid.", { reason: "api-key-refused" });
}

function nothingWhenUnknown(error: unknown): undefined {
  if (isDomainError(error) && error.reason === "tenant-unknown") return undefined;
  throw error;
}
