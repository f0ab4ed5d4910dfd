import { type SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { listen } from "@leasehold/db/control/listen";
import { type ClaimedMail, claimMail } from "@leasehold/db/control/mail/claim-mail";
import { endMail, markMailSent, postponeMail } from "@leasehold/db/control/mail/settle-mail";
import type { Logger } from "@leasehold/tenancy/logger";
import { openMail } from "@leasehold/tenancy/mail/open-mail";
import { renderMail } from "@leasehold/tenancy/mail/render";
import type { JWK } from "jose";
import type pg from "pg";
import type { Service } from "../commands/start-dispatcher.ts";
import { createDrain } from "../listen/create-drain.ts";

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
/** With the delays above, about two days: links in mails do not live longer. */
const mostAttempts = 60;
const refusals = new Set(["MessageRejected", "BadRequestException"]);

/** Opens, renders and sends queued mail, which then loses its content; what was not sent is tried again, ever later, or ends. */
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
  const listener = listen(options.controlUrl, {
    channels: ["mail"],
    applicationName: "leasehold-worker-mail",
    onNotification: drain.kick,
    onListening: drain.kick,
    onError: (error) => logger.warn({ err: error, channel: "mail" }, "not listening; trying again"),
  });
  return {
    get listening() {
      return listener.listening;
    },
    async stop() {
      await listener.close();
      await drain.stop();
    },
  };
}

async function deliver(options: MailerOptions, { mailId, sealed, attempt }: ClaimedMail): Promise<void> {
  const { control, privateJwk, logger } = options;
  try {
    await send(options, renderMail(await openMail(privateJwk, sealed)));
    await markMailSent(control, mailId);
  } catch (error) {
    // The kind of the error alone: SES repeats addresses in its messages.
    const kind = error instanceof Error ? error.name : "Error";
    if (isRefused(error) || attempt >= mostAttempts) return await end(options, mailId, kind);
    const wait = Math.min(delaySeconds.first * 2 ** (attempt - 1), delaySeconds.most);
    logger.warn({ mailId, attempt, kind, retryInSeconds: wait }, "mail not sent; trying again later");
    await postponeMail(control, mailId, wait, kind);
  }
}

/** SES says so of the mail itself, whenever it is sent; not when the sender is to be put right first. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && refusals.has(error.name) && !/not verified/i.test(error.message);
}

async function send({ ses, from }: MailerOptions, { to, subject, text, html }: ReturnType<typeof renderMail>): Promise<void> {
  const part = (Data: string) => ({ Data, Charset: "UTF-8" });
  await ses.send(
    new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: part(subject), Body: { Text: part(text), Html: part(html) } } },
    }),
  );
}

async function end({ control, logger }: MailerOptions, mailId: string, kind: string): Promise<void> {
  logger.error({ mailId, kind }, "mail given up");
  await endMail(control, mailId, kind);
}
