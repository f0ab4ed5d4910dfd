import { describeUsers } from "@leasehold/db/control/identity/describe-users";
import { type Listening, listen } from "@leasehold/db/control/listen";
import { addressMail, listUnaddressedMail, type UnaddressedMail } from "@leasehold/db/control/mail/address-mail";
import { giveUpMail } from "@leasehold/db/control/mail/give-up-mail";
import { exportPeopleRequest } from "@leasehold/db/control/mail/request-mail";
import { listMembers } from "@leasehold/db/control/members/list-members";
import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import type { Logger } from "@leasehold/tenancy/logger";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import { sealPeople } from "@leasehold/tenancy/mail/seal-people";
import type { Mail } from "@leasehold/tenancy/mail/templates";
import type { Pool } from "pg";
import type { PortalEnv } from "../../env.ts";
import { resolveMail, UnwritableMail } from "./resolve-mail.ts";

const channel = "mail_requests";
/** A notification can be lost with its connection. */
const sweepMs = 15_000;

export interface Addressing {
  env: Pick<PortalEnv, "PORTAL_URL" | "MAIL_PUBLIC_JWK" | "PORTAL_DATABASE_URL">;
  control: Pool;
  identity: Pool;
  logger: Logger;
}

/**
 * Addresses every mail that was asked for without knowing its readers: sealed for each of the tenant's owners, and queued. One that
 * cannot be addressed holds up no other. Any number of processes may do it at once.
 * @returns how many this call has addressed
 */
export async function addressMails(needs: Addressing): Promise<number> {
  let addressed = 0;
  let after: UnaddressedMail | undefined;
  do {
    const found = await listUnaddressedMail(needs.control, after);
    for (const mail of found) {
      const outcome = await addressOne(needs, mail).catch((error: unknown) => leave(needs, mail, error));
      if (outcome === "addressed") addressed += 1;
    }
    after = found.at(-1);
  } while (after !== undefined);
  return addressed;
}

/** One that nobody can write is given up, and shown to operators; any other failure is left to the next sweep. */
async function leave({ control, logger }: Addressing, mail: UnaddressedMail, error: unknown): Promise<"failed"> {
  const about = { err: error, tenantId: mail.tenantId, template: mail.template };
  if (!(error instanceof UnwritableMail)) {
    logger.error(about, "a mail could not be addressed; trying again later");
    return "failed";
  }
  logger.error(about, "a mail cannot be written and is given up");
  await giveUpMail(control, mail, error.failure).catch((err: unknown) => logger.warn({ ...about, err }, "giving up a mail failed"));
  return "failed";
}

async function addressOne({ env, control, identity }: Addressing, mail: UnaddressedMail): Promise<"addressed" | "elsewhere"> {
  const tenant = await readTenant(control, mail.tenantId);
  const place = { portalUrl: env.PORTAL_URL, slug: tenant.slug, organizationName: tenant.name };
  // No mail at all: an export asks for the names that the portal alone may look up.
  const content = mail.template === exportPeopleRequest ? undefined : resolveMail(mail, place);
  const members = await listMembers(control, mail.tenantId);
  const people = await describeUsers(
    identity,
    members.map(({ userId }) => userId),
  );
  const owners = content === undefined ? [] : members.flatMap(({ role, userId }) => (role === "owner" ? (people.get(userId) ?? []) : []));
  const letters = await Promise.all(
    owners.map(async ({ userId, email }) => ({
      userId,
      sealed: await sealMail(env.MAIL_PUBLIC_JWK, { ...content, to: email } as Mail),
    })),
  );
  // An operator who closes a tenant cannot look its people up, and its export names them.
  const named =
    content === undefined || mail.template === "workspace-closing"
      ? await sealPeople(env.MAIL_PUBLIC_JWK, [...people.values()])
      : undefined;
  return addressMail(control, mail, letters, named);
}

export interface MailAddressing {
  /** Resolves when what was under way has ended. */
  close(): Promise<void>;
}

/** Addresses mails as they are asked for, in every process of the portal, whether or not somebody uses it. */
export function startAddressing(needs: Addressing): MailAddressing {
  let running: Promise<void> | undefined;
  let again = false;
  let closed = false;
  const run = async () => {
    do {
      again = false;
      await addressMails(needs).catch((error: unknown) => needs.logger.warn({ err: error }, "addressing mails failed; trying again later"));
    } while (again && !closed);
    running = undefined;
  };
  const wake = () => {
    if (closed) return;
    if (running !== undefined) again = true;
    else running = run();
  };
  const listening: Listening = listen(needs.env.PORTAL_DATABASE_URL, {
    channels: [channel],
    applicationName: "portal-mail",
    onNotification: wake,
    // What was asked for before is no news to this connection.
    onListening: wake,
    onError: (error) => needs.logger.warn({ err: error }, "listening for mails to address failed; trying again"),
  });
  const sweep = setInterval(wake, sweepMs).unref();
  return {
    async close() {
      closed = true;
      clearInterval(sweep);
      await listening.close();
      await running;
    },
  };
}
