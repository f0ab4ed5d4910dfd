import type pg from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { toDomainError } from "../../errors.ts";

export interface ClaimedMail {
  mailId: string;
  sealed: string;
  /** This attempt's number, from 1. */
  attempt: number;
}

/** How long a claimed mail is left to the process that claimed it, in seconds; then another may try. */
export const mailLeaseSeconds = 60;

/** Takes due mails, each for one process at a time: the next attempt is put off by the lease before anything is sent. */
export async function claimMail(pool: pg.Pool, limit: number): Promise<ClaimedMail[]> {
  try {
    const claim = {
      name: "claim-mail",
      text: `update control.mail_outbox set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $2)
        where mail_id in (
          select mail_id from control.mail_outbox where sent_at is null and failed_at is null and next_attempt_at <= now()
          order by next_attempt_at limit $1 for update skip locked)
        returning mail_id as "mailId", sealed, attempts as attempt`,
      values: [limit, mailLeaseSeconds],
    };
    const { rows } = await crossTenants("mail-delivery", () => pool.query<ClaimedMail>(claim));
    return rows;
  } catch (error) {
    throw toDomainError(error);
  }
}
