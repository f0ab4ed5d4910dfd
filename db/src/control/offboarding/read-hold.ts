import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { HoldState, ReminderDays } from "@leasehold/domain/offboarding/hold";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/** A reminder's key: once for each end that the hold has had. */
export function reminderKey(operationId: string, endsAt: number, days: number): string {
  return `closing-reminder:${operationId}:${endsAt}:${days}`;
}

/** What the database says of a hold now. Throws when the hold has not begun, unless it was cancelled before. */
export async function readHold(
  pool: pg.Pool,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
): Promise<HoldState> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ began: Date | null; ends: Date | null; cancelled: boolean; holds: number; reminders: string[] }>(sql`
      select o.hold_began_at as began, o.hold_ends_at as ends, o.cancelled_at is not null as cancelled,
        (select count(*)::integer from control.legal_holds h where h.tenant_id = o.tenant_id and h.released_at is null) as holds,
        array(select m.request_key from control.mail_requests m where m.tenant_id = o.tenant_id
          and m.request_key like ${`closing-reminder:${operationId}:%`}) as reminders
      from control.offboardings o where o.tenant_id = ${tenantId} and o.operation_id = ${operationId}`),
  );
  const row = rows[0];
  if (row === undefined || (row.began === null && !row.cancelled)) throw new Error(`the hold of ${operationId} has not begun`);
  const beganAt = new Date(row.began ?? 0).getTime();
  const endsAt = new Date(row.ends ?? 0).getTime();
  const reminded = ([14, 3, 1] as const satisfies readonly ReminderDays[]).filter((days) =>
    row.reminders.includes(reminderKey(operationId, endsAt, days)),
  );
  return { beganAt, endsAt, legalHolds: row.holds, cancelled: row.cancelled, reminded };
}
