import { leaseMs } from "@leasehold/domain/keys/leases";
import { ExpiringCache } from "../cache/expiring-cache.ts";
import type { PayloadOwner } from "./key-id.ts";
import { PayloadCipher } from "./payload-cipher.ts";

/** The key of these payloads is not there: destroyed with its tenant's, or never made. */
export class PayloadKeyMissingError extends Error {
  override readonly name = "PayloadKeyMissingError";
}

export interface PayloadKey {
  version: number;
  /** 32 bytes; the taker zeroises it. */
  key: Buffer;
}

export interface PayloadKeySource {
  /** Undefined when there is no such key. Throws when it cannot be had now. */
  unwrap(owner: PayloadOwner, version: number | "newest"): Promise<PayloadKey | undefined>;
}

export interface PayloadKeys {
  /**
   * Runs `work`, which is synchronous so that no key outlives its lease, with the cipher of one key of an owner. Throws PayloadKeyMissingError when
   * there is none, and what the source throws when it cannot be had now.
   */
  use<T>(owner: PayloadOwner, version: number | "newest", work: (cipher: PayloadCipher, version: number) => T): Promise<T>;
  /** Zeroises every key that is held. */
  close(): void;
}

interface Lease {
  version: number;
  cipher: PayloadCipher;
  until: number;
}

/** How long it is remembered that a key is not there, in milliseconds: a list of runs asks for it once, not once a run. */
const missingMs = 2_000;
const maxEntries = 10_000;

/** Keys of payloads on leases of at most 30 s, unwrapped once however many ask, and zeroised at the end. */
export function createPayloadKeys(source: PayloadKeySource, options: { leaseMs?: number } = {}): PayloadKeys {
  const lifetime = Math.min(options.leaseMs ?? leaseMs, leaseMs);
  const leases = new ExpiringCache<Lease | "missing">({
    maxEntries,
    freshUntil: (lease) => (lease === "missing" ? Date.now() + missingMs : lease.until),
    dispose: (lease) => retire(lease),
  });

  function acquire(owner: PayloadOwner, version: number | "newest"): Promise<Lease | "missing"> {
    const name = `${owner}/${version}`;
    return leases.get(name, async () => {
      const until = Date.now() + lifetime;
      const found = await source.unwrap(owner, version);
      if (found === undefined) return "missing";
      const lease: Lease = { version: found.version, cipher: new PayloadCipher(found.key), until };
      setTimeout(() => {
        retire(lease);
        leases.delete(name);
      }, until - Date.now()).unref();
      return lease;
    });
  }

  return {
    async use(owner, version, work) {
      for (let attempt = 0; ; attempt++) {
        const lease = await acquire(owner, version);
        if (lease === "missing") throw new PayloadKeyMissingError("The key of these payloads is not there any more.");
        if (lease.until > Date.now()) return work(lease.cipher, lease.version);
        if (attempt === 2) throw new Error("leases of a payload's key lapsed while it was asked for");
      }
    },
    close() {
      leases.clear();
    },
  };
}

/** Marks before it zeroises: whoever still holds the lease sees that it has lapsed. */
function retire(lease: Lease | "missing"): void {
  if (lease === "missing") return;
  lease.until = 0;
  lease.cipher.zeroise();
}
