import type pg from "pg";

/** A statement is named once it has come so often: what comes once in a while is not worth a plan that is kept. */
const timesBefore = 8;
/** The plan of a statement over a partitioned table takes up to half a megabyte of each connection's server process. */
const mostNamed = 32;
/** Texts that are counted; whoever makes texts without end counts from the beginning again. */
const mostCounted = 1_000;

/** Names under which a pool's connections prepare the statements that come often. */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** Undefined for a statement that is not prepared. */
  nameOf(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= mostNamed) return name;
    const count = (this.#counts.get(text) ?? 0) + 1;
    if (count < timesBefore) {
      if (this.#counts.size >= mostCounted) this.#counts.clear();
      this.#counts.set(text, count);
      return undefined;
    }
    this.#counts.delete(text);
    const made = `often-${this.#names.size + 1}`;
    this.#names.set(text, made);
    return made;
  }
}

const ofPools = new WeakMap<pg.Pool, StatementNames>();

/** From now on the pool's tenant-scoped transactions prepare what they send often. */
export function prepareOften(pool: pg.Pool): void {
  ofPools.set(pool, new StatementNames());
}

export function statementNamesOf(pool: pg.Pool): StatementNames | undefined {
  return ofPools.get(pool);
}
