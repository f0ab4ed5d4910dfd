import { type SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { type ClaimedMail, claimMail } from "@leasehold/db/control/mail/claim-mail";
import { markMailSent, postponeMail } from "@leasehold/db/control/mail/settle-mail";
import type { Logger } from "@leasehold/tenancy/logger";
import { openMail } from "@leasehold/tenancy/mail/open-mail";
import { renderMail } from "@leasehold/tenancy/mail/render";
import type { JWK } from "jose";
import type pg from "pg";
import type { Service } from "../commands/start-dispatcher.ts";
import { createDrain } from "../listen/create-drain.ts";
import { startListener } from "../listen/start-listener.ts";

export interface MailerOptions {
  control: pg.Pool;
  controlUrl: string;
  ses: SESv2Client;
  privateJwk: JWK;
  from: string;
  logger: Logger;
}

const batch = 10;
const delaySeconds = { first: 2, most: 3_600 };

/** Opens, renders and sends queued mail; what was sent loses its content, what was not is tried again, ever later. */
export function startMailer(options: MailerOptions): Service {
  const { control, logger } = options;
  const drain = createDrain({
    concurrency: 2,
    sweepEveryMs: 5_000,
    logger,
    work: async () => {
      const mails = await claimMail(control, batch);
      await Promise.all(mails.map((mail) => deliver(options, mail)));
      return mails.length === batch;
    },
  });
  const listener = startListener(options.controlUrl, "mail", drain.kick, logger);
  return {
    get listening() {
      return listener.listening;
    },
    async stop() {
      await listener.stop();
      await drain.stop();
    },
  };
}

async function deliver({ control, ses, privateJwk, from, logger }: MailerOptions, { mailId, sealed, attempt }: ClaimedMail): Promise<void> {
  try {
    const { to, subject, text, html } = renderMail(await openMail(privateJwk, sealed));
    const part = (Data: string) => ({ Data, Charset: "UTF-8" });
    await ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: part(subject), Body: { Text: part(text), Html: part(html) } } },
      }),
    );
    await markMailSent(control, mailId);
  } catch (error) {
    // The kind of the error alone: SES repeats addresses in its messages.
    const kind = error instanceof Error ? error.name : "Error";
    const wait = Math.min(delaySeconds.first * 2 ** (attempt - 1), delaySeconds.most);
    logger.warn({ mailId, attempt, kind, retryInSeconds: wait }, "mail not sent; trying again later");
    await postponeMail(control, mailId, wait, kind);
  }
}
