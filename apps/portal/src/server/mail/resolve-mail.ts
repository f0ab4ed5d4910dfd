import type { UnaddressedMail } from "@leasehold/db/control/mail/address-mail";
import { isId } from "@leasehold/domain/ids";
import type { Mail } from "@leasehold/tenancy/mail/templates";
import { z } from "zod";

/** What a mail's text needs beside the ids and times that it was asked for with. */
export interface MailPlace {
  portalUrl: string;
  slug: string;
  organizationName: string;
}

type WithoutReader<M> = M extends Mail ? Omit<M, "to"> : never;

const certificateId = z.custom<`crt_${string}`>((value) => isId("certificate", value), { error: "This is not the id of a certificate." });

const closing = z.object({ holdDays: z.number() });
const reminder = z.object({ days: z.number(), endsAt: z.iso.datetime() });
const closed = z.object({ certificateId });
const released = z.object({ keyArn: z.string().max(300).nullish() });

/** A mail with everything but its reader. Throws for a template or props that nobody knows. */
export function resolveMail({ template, props }: UnaddressedMail, { portalUrl, slug, organizationName }: MailPlace): WithoutReader<Mail> {
  const url = `${portalUrl}/w/${slug}/settings/closing`;
  switch (template) {
    case "workspace-closing":
      return { template, props: { url, organizationName, holdDays: closing.parse(props).holdDays } };
    case "closing-reminder":
      return { template, props: { url, organizationName, ...reminder.parse(props) } };
    case "closing-cancelled":
      return { template, props: { url: `${portalUrl}/w/${slug}`, organizationName } };
    case "workspace-closed":
      return { template, props: { certificateUrl: `${portalUrl}/certificates/${closed.parse(props).certificateId}`, organizationName } };
    case "customer-key-released":
      return { template, props: { organizationName, keyArn: released.parse(props).keyArn ?? null } };
    default:
      throw new Error(`there is no mail to owners with the template ${template}`);
  }
}
