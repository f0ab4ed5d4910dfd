import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { administrationQuery } from "../application/with-administration.ts";
import { controlQuery } from "../control/with-control.ts";
import type { AuditPlane } from "./chain.ts";

const rowsAtOnce = 500;
const pauseMs = 100;

/** Seals what one tenant has in one plane, as far as it is there; another that seals it is waited for. Ends with the signal's reason. */
export async function sealTenant(pool: pg.Pool, plane: AuditPlane, tenantId: string, signal: AbortSignal): Promise<void> {
  const seal = () =>
    plane === "control"
      ? controlQuery(pool, { tenantId }, (tx) =>
          tx.execute<{ sealed: number }>(sql`select control.seal_audit(${tenantId}, ${rowsAtOnce}) as sealed`),
        )
      : administrationQuery(pool, tenantId, (tx) =>
          tx.execute<{ sealed: number }>(sql`select app.seal_audit(${tenantId}, ${rowsAtOnce}) as sealed`),
        );
  for (;;) {
    signal.throwIfAborted();
    const sealed = (await seal()).rows[0]?.sealed ?? 0;
    if (sealed === 0) return;
    if (sealed < 0) await sleep(pauseMs, undefined, { signal });
  }
}
