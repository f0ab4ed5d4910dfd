import type pg from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { toDomainError } from "../../errors.ts";

export interface QueueFigures {
  waiting: number;
  /** Of what has waited longest, in seconds; 0 when nothing waits. */
  oldestSeconds: number;
}

const statement = {
  name: "queue-figures",
  text: `select 'commands' as queue, count(*)::int as waiting, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as "oldestSeconds"
      from control.commands where state = 'PENDING'
    union all select 'mail', count(*)::int, coalesce(extract(epoch from now() - min(created_at)), 0)::float8
      from control.mail_outbox where sent_at is null and failed_at is null and next_attempt_at < 'infinity'`,
};

/** What waits in the control plane, of all tenants: commands for the dispatcher, and mail. */
export async function readQueues(pool: pg.Pool): Promise<Record<string, QueueFigures>> {
  const { rows } = await crossTenants("queue-figures", () => pool.query<QueueFigures & { queue: string }>(statement)).catch(
    (error: unknown) => {
      throw toDomainError(error);
    },
  );
  return Object.fromEntries(rows.map(({ queue, ...figures }) => [queue, figures]));
}
