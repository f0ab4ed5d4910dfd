import { readQueues } from "@leasehold/db/control/queues/read-queues";
import { addGauge } from "@leasehold/tenancy/telemetry/metrics";
import type pg from "pg";
import type { Sealer } from "./audit/start-sealer.ts";

/** What Prometheus is told of the worker's queues. A tenant's own database is told of as `silos` together. */
export function addFigures({ control, sealer }: { control: pg.Pool; sealer: Sealer }): void {
  const figure = async (name: "waiting" | "oldestSeconds") => {
    const queues = await readQueues(control);
    return Object.fromEntries(Object.entries(queues).map(([queue, figures]) => [queue, figures[name]]));
  };
  addGauge("leasehold_queue_waiting", "Rows that wait, by queue", "queue", () => figure("waiting"));
  addGauge("leasehold_queue_oldest_seconds", "Age of what has waited longest, by queue", "queue", () => figure("oldestSeconds"));
  addGauge("leasehold_audit_seal_lag_seconds", "Age of the oldest audit row without a seal at the last look", "database", async () => {
    const { control: own = 0, pool = 0, ...silos } = sealer.lags();
    return { control: own / 1_000, pool: pool / 1_000, silos: Math.max(0, ...Object.values(silos)) / 1_000 };
  });
}
