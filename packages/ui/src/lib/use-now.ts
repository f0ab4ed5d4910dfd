"use client";

import { useEffect, useState } from "react";

/**
 * The clock in milliseconds, ticking every `everyMs` while that is a number. Undefined on the server and in the first render, so
 * that both agree. It is read anew when `changed` is another: what has just happened is never ahead of it.
 */
export function useNow(everyMs: number | undefined, changed?: number | string): number | undefined {
  const [now, setNow] = useState<number>();
  useEffect(() => {
    setNow(Date.now());
    if (everyMs === undefined) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, changed]);
  return now;
}
