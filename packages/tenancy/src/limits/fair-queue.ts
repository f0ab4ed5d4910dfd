import { DomainError } from "@leasehold/domain/errors";

export interface FairQueueOptions {
  /** Pieces of work at once, of all tenants. */
  slots: number;
  /** Of one tenant. */
  slotsPerTenant: number;
  /** Longest wait for a turn, in milliseconds. */
  waitMs: number;
}

export interface FairQueue {
  /** Runs work in its tenant's turn. Throws UNAVAILABLE (`busy`) when the turn does not come in time. */
  run<T>(tenantId: string, work: () => Promise<T>): Promise<T>;
}

interface Line {
  running: number;
  waiting: (() => void)[];
}

/**
 * Shares a few slots among tenants in turns: whoever waits gets the next free one after at most one piece of work of each other
 * tenant that waits, however long another's line is.
 */
export function createFairQueue({ slots, slotsPerTenant, waitMs }: FairQueueOptions): FairQueue {
  const lines = new Map<string, Line>();
  /** Tenants that wait and have a free place, in the order of their turns. */
  const turns = new Set<string>();
  let running = 0;

  function lineOf(tenantId: string): Line {
    const known = lines.get(tenantId);
    if (known !== undefined) return known;
    const line = { running: 0, waiting: [] };
    lines.set(tenantId, line);
    return line;
  }

  function begin(line: Line): void {
    running += 1;
    line.running += 1;
  }

  function nextTurn(): void {
    for (const tenantId of turns) {
      if (running >= slots) return;
      const line = lineOf(tenantId);
      turns.delete(tenantId);
      const start = line.waiting.shift();
      if (start === undefined) continue;
      begin(line);
      if (line.waiting.length > 0 && line.running < slotsPerTenant) turns.add(tenantId);
      start();
    }
  }

  function end(tenantId: string, line: Line): void {
    running -= 1;
    line.running -= 1;
    if (line.waiting.length > 0) turns.add(tenantId);
    else if (line.running === 0) lines.delete(tenantId);
    nextTurn();
  }

  function wait(tenantId: string, line: Line): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        line.waiting.splice(line.waiting.indexOf(start), 1);
        if (line.waiting.length === 0) {
          turns.delete(tenantId);
          if (line.running === 0) lines.delete(tenantId);
        }
        reject(busy());
      }, waitMs);
      line.waiting.push(start);
      if (line.running < slotsPerTenant) turns.add(tenantId);
    });
  }

  return {
    async run(tenantId, work) {
      const line = lineOf(tenantId);
      if (running < slots && line.running < slotsPerTenant && line.waiting.length === 0) begin(line);
      else await wait(tenantId, line);
      try {
        return await work();
      } finally {
        end(tenantId, line);
      }
    },
  };
}

function busy(): DomainError {
  return new DomainError("UNAVAILABLE", "This took too long to begin. Try again in a moment.", { reason: "busy", retryAfterSeconds: 1 });
}
