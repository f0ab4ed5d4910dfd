import { setTimeout as sleep } from "node:timers/promises";
import { verifyChain } from "@leasehold/db/audit/verify-chain";
import { createPool } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { createLogger } from "@leasehold/tenancy/logger";
import { createAuditDatabases } from "@leasehold/worker/audit/audit-databases";
import { startSealer } from "@leasehold/worker/audit/start-sealer";
import { addAuditRow, asOwner, readEntries } from "../support/audit-fixtures.ts";
import { createTestDatabases } from "../support/databases.ts";
import type { Bench } from "./bench.ts";
import { percentile, round } from "./measure.ts";

const tenants = 100;
const rowsPerSecond = 200;
const seconds = 30;
/** From the commit to the seal, in milliseconds. */
const longestMs = 1_000;

/** How long a row of the application plane waits for its seal, at a steady rate over many tenants. */
export const bench: Bench = async () => {
  await using databases = await createTestDatabases();
  const [control, application] = [
    createPool(databases.urlOf("control", "worker"), { max: 4 }),
    createPool(databases.urlOf("application", "worker"), { max: 4 }),
  ];
  const auditDatabases = createAuditDatabases({ control, application, applicationDatabaseUrl: databases.urlOf("application", "worker") });
  const sealer = startSealer({ databases: auditDatabases, logger: createLogger({ name: "bench", level: "warn" }) });
  const tenantIds = Array.from({ length: tenants }, () => newId("tenant"));
  const wrong: string[] = [];
  try {
    const written = await asOwner(databases, "application", async (owner) => {
      const begun = performance.now();
      let count = 0;
      for (; performance.now() - begun < seconds * 1_000; count++) {
        await addAuditRow(owner, "application", tenantIds[count % tenants] ?? "", { count });
        const aheadMs = ((count + 1) / rowsPerSecond) * 1_000 - (performance.now() - begun);
        if (aheadMs > 1) await sleep(aheadMs);
      }
      return { count, rate: count / ((performance.now() - begun) / 1_000) };
    });
    await sleep(3_000);
    const rows = await databases.query<{ lagMs: number | null }>(
      "application",
      `select (extract(epoch from sealed_at - created_at) * 1000)::float8 as "lagMs" from app.audit where tenant_id = any ($1)`,
      [tenantIds],
    );
    const lags = rows.flatMap(({ lagMs }) => (lagMs === null ? [] : [lagMs]));
    if (lags.length !== written.count) wrong.push(`${written.count - lags.length} rows have no seal`);
    for (const tenantId of tenantIds.slice(0, 10))
      wrong.push(...verifyChain(await readEntries(databases, "application", tenantId)).problems.map(({ message }) => message));
    const figures = {
      rows_count: written.count,
      rows_per_second: round(written.rate),
      lag_p50_ms: round(percentile(lags, 0.5)),
      lag_p99_ms: round(percentile(lags, 0.99)),
      lag_most_ms: round(Math.max(...lags)),
    };
    if (figures.lag_p99_ms > longestMs) wrong.push(`the p99 of the lag is ${figures.lag_p99_ms} ms`);
    for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(20)} ${value}`);
    return { bench: "audit", figures, baseline: {}, ratio: {}, wrong };
  } finally {
    await sealer.stop();
    await auditDatabases.close();
    await Promise.all([control.end(), application.end()]);
  }
};
