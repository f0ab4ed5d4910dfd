interface Entry<Value> {
  value: Promise<Value>;
  /** Milliseconds since 1970; from then on the next caller loads anew. */
  freshUntil: number;
}

export interface ExpiringCacheOptions<Value> {
  maxEntries: number;
  /** Milliseconds since 1970 until which the value may be handed out. */
  freshUntil: (value: Value) => number;
  /** Called once for each value that leaves the cache. */
  dispose?: (value: Value) => void;
}

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
    if (found !== undefined && Date.now() < found.freshUntil) {
      this.#entries.delete(key);
      this.#entries.set(key, found);
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

  #load(key: string, load: () => Promise<Value>): Promise<Value> {
    const entry: Entry<Value> = { value: load(), freshUntil: Number.POSITIVE_INFINITY };
    this.#entries.set(key, entry);
    entry.value.then(
      (value) => {
        entry.freshUntil = this.#options.freshUntil(value);
      },
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
