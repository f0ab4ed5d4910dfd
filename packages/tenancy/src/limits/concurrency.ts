import { RequestRefused } from "./request-refused.ts";

/** Longest wait for another request of the same tenant to end, in milliseconds. */
const waitMs = 1_000;

export interface Concurrency {
  /**
   * Takes one of the tenant's `limit` places in this process, or waits a second for one, in a line of as many. The result gives
   * the place back, once. Throws RequestRefused.
   */
  enter(tenantId: string, limit: number): Promise<() => void> | (() => void);
}

interface Room {
  inside: number;
  waiting: Set<() => void>;
}

/** Requests under way at once, tenant by tenant. */
export function createConcurrency(): Concurrency {
  const rooms = new Map<string, Room>();

  function exitOf(tenantId: string, room: Room): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const [next] = room.waiting;
      if (next !== undefined) {
        room.waiting.delete(next);
        next();
        return;
      }
      room.inside -= 1;
      if (room.inside === 0) rooms.delete(tenantId);
    };
  }

  return {
    enter(tenantId, limit) {
      const room = rooms.get(tenantId) ?? { inside: 0, waiting: new Set() };
      rooms.set(tenantId, room);
      if (room.inside < limit) {
        room.inside += 1;
        return exitOf(tenantId, room);
      }
      if (room.waiting.size >= limit) throw new RequestRefused("concurrent", 1);
      return new Promise((resolve, reject) => {
        const enter = () => {
          clearTimeout(timer);
          resolve(exitOf(tenantId, room));
        };
        const timer = setTimeout(() => {
          room.waiting.delete(enter);
          reject(new RequestRefused("concurrent", 1));
        }, waitMs);
        room.waiting.add(enter);
      });
    },
  };
}
