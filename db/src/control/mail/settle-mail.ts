import type pg from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { toDomainError } from "../../errors.ts";

/** A workspace's last mail is no more told by whom it was for: what else would name them is gone. */
const forgotten = "dedupe_key = case when template = 'workspace-closed' then mail_id else dedupe_key end";

/** The mail has gone; so does its content. */
export async function markMailSent(pool: pg.Pool, mailId: string): Promise<void> {
  await run(
    pool,
    "mail-sent",
    `update control.mail_outbox set sent_at = now(), sealed = null, last_error = null, ${forgotten} where mail_id = $1 and failed_at is null`,
    [mailId],
  );
}

/** The mail is tried again after `delaySeconds`. `error` names the kind of failure and nothing of the mail. */
export async function postponeMail(pool: pg.Pool, mailId: string, delaySeconds: number, error: string): Promise<void> {
  await run(
    pool,
    "mail-postponed",
    "update control.mail_outbox set next_attempt_at = now() + make_interval(secs => $2), last_error = $3 where mail_id = $1 and sent_at is null and failed_at is null",
    [mailId, delaySeconds, error],
  );
}

/** The mail will never be sent; its content goes as well. `error` names the kind of failure and nothing of the mail. */
export async function endMail(pool: pg.Pool, mailId: string, error: string): Promise<void> {
  await run(
    pool,
    "mail-failed",
    `update control.mail_outbox set failed_at = now(), sealed = null, last_error = $2, ${forgotten} where mail_id = $1 and sent_at is null`,
    [mailId, error],
  );
}

async function run(pool: pg.Pool, name: string, text: string, values: unknown[]): Promise<void> {
  await crossTenants("mail-delivery", () => pool.query({ name, text, values })).catch((error: unknown) => {
    throw toDomainError(error);
  });
}
