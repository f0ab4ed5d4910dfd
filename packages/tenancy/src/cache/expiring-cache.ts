import { setImmediate as afterThis } from "node:timers/promises";

interface Entry<Value> {
  value: Promise<Value>;
  /** Milliseconds since 1970; from then on the next caller loads anew. */
  freshUntil: number;
  /** From then on a caller has it loaded anew behind its back. */
  renewFrom: number;
}

export interface ExpiringCacheOptions<Value> {
  maxEntries: number;
  /** Milliseconds since 1970 until which the value may be handed out. */
  freshUntil: (value: Value) => number;
  /**
   * Milliseconds before it goes stale, from which on whoever asks for a value still gets it, and has the next one loaded meanwhile: what is
   * in use is waited for once. 0 unless told.
   */
  renewAheadMs?: number;
  /** Called once for each value that leaves the cache. */
  dispose?: (value: Value) => void;
}

const forever = Number.POSITIVE_INFINITY;

/** How many of the entries that were not used for longest are looked at for each one that comes. */
const lookedAt = 3;

/**
 * Values by key, each loaded once however many ask at the same time, kept until stale, least recently used out first.
 * A failed load is forgotten at once: the next caller tries again. Stale values leave as new ones come, so that what is kept
 * follows what is in use, not what ever was.
 */
export class ExpiringCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #options: ExpiringCacheOptions<Value>;

  constructor(options: ExpiringCacheOptions<Value>) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string, load: () => Promise<Value>): Promise<Value> {
    const found = this.#entries.get(key);
    const now = Date.now();
    if (found !== undefined && now < found.freshUntil) {
      this.#entries.delete(key);
      this.#entries.set(key, found);
      if (now >= found.renewFrom) this.#renew(key, found, load);
      return found.value;
    }
    if (found !== undefined) this.#drop(key, found);
    return this.#load(key, load);
  }

  delete(key: string): void {
    const found = this.#entries.get(key);
    if (found !== undefined) this.#drop(key, found);
  }

  clear(): void {
    for (const [key, entry] of this.#entries) this.#drop(key, entry);
  }

  /** One that was dropped meanwhile stays away. After a failure the old value is what there is, until it is stale. */
  #renew(key: string, found: Entry<Value>, load: () => Promise<Value>): void {
    found.renewFrom = forever;
    const renewed = afterThis().then(load);
    renewed.then(
      (value) => {
        if (this.#entries.get(key) !== found) {
          this.#options.dispose?.(value);
          return;
        }
        this.#drop(key, found);
        this.#entries.set(key, this.#settle(entryOf(renewed), value));
      },
      () => undefined,
    );
  }

  #settle(entry: Entry<Value>, value: Value): Entry<Value> {
    const { freshUntil, renewAheadMs } = this.#options;
    entry.freshUntil = freshUntil(value);
    if (renewAheadMs !== undefined) entry.renewFrom = entry.freshUntil - renewAheadMs;
    return entry;
  }

  #load(key: string, load: () => Promise<Value>): Promise<Value> {
    const entry = entryOf(load());
    this.#entries.set(key, entry);
    entry.value.then(
      (value) => this.#settle(entry, value),
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    this.#evict();
    return entry.value;
  }

  #evict(): void {
    let looks = lookedAt;
    for (const [key, entry] of this.#entries) {
      const full = this.#entries.size > this.#options.maxEntries;
      if (!full && looks-- <= 0) return;
      if (full || Date.now() >= entry.freshUntil) this.#drop(key, entry);
    }
  }

  #drop(key: string, entry: Entry<Value>): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.value.then(this.#options.dispose, () => undefined);
  }
}

function entryOf<Value>(value: Promise<Value>): Entry<Value> {
  return { value, freshUntil: forever, renewFrom: forever };
}
