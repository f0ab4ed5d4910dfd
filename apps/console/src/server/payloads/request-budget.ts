/** A page of a history asks once an event: hundreds at once, then nothing. */
const burst = 500;
const perSecond = 25;
const mostOperators = 1_000;

export interface RequestBudget {
  /** Whether one more request of this operator may be made now. */
  take(operatorId: string): boolean;
}

/** How fast each operator may ask one process to open payloads. */
export function createRequestBudget(now: () => number = Date.now): RequestBudget {
  const left = new Map<string, { requests: number; at: number }>();
  return {
    take(operatorId) {
      const at = now();
      const known = left.get(operatorId) ?? { requests: burst, at };
      const requests = Math.min(burst, known.requests + ((at - known.at) / 1_000) * perSecond);
      left.delete(operatorId);
      left.set(operatorId, { requests: Math.max(0, requests - 1), at });
      for (const oldest of left.keys()) {
        if (left.size <= mostOperators) break;
        left.delete(oldest);
      }
      return requests >= 1;
    },
  };
}
