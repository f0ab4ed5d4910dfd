import { type SQL, sql } from "drizzle-orm";

/** What of a log is asked for: of one actor, one kind of action (`member.removed`, or `member` for all about members), a time. */
export interface AuditFilter {
  /** The short form: `user:usr_…`. */
  actor?: string;
  action?: string;
  from?: Date;
  /** Before this, not at it. */
  to?: Date;
}

/** `AND …` for the rows of either plane's table. */
export function filterAudit({ actor, action, from, to }: AuditFilter): SQL {
  return sql.join([
    actor === undefined ? sql`` : sql` AND actor = ${actor}`,
    action === undefined ? sql`` : sql` AND (action = ${action} OR starts_with(action, ${`${action}.`}))`,
    from === undefined ? sql`` : sql` AND created_at >= ${from.toISOString()}::timestamptz`,
    to === undefined ? sql`` : sql` AND created_at < ${to.toISOString()}::timestamptz`,
  ]);
}
