import type { UnaddressedMail } from "@leasehold/db/control/mail/address-mail";
import type { MailFailure } from "@leasehold/db/control/mail/give-up-mail";
import { isId } from "@leasehold/domain/ids";
import { keyPurposes } from "@leasehold/domain/keys/custody";
import { suspensionAccesses, suspensionKinds } from "@leasehold/domain/suspension/kinds";
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
const suspended = z.object({ kind: z.enum(suspensionKinds), access: z.enum(suspensionAccesses) });
const keyLost = z.object({ purposes: z.array(z.enum(keyPurposes)).min(1) });
const released = z.object({ keyArn: z.string().max(300).nullish() });
const exportFailed = z.object({
  exportId: z.custom<`exp_${string}`>((value) => isId("export", value), { error: "This is not the id of an export." }),
  failure: z.string().max(60),
  closing: z.boolean(),
});

/** No later attempt at this mail could end otherwise: its writer asked for something that nobody can write. */
export class UnwritableMail extends Error {
  override readonly name = "UnwritableMail";
  readonly failure: MailFailure;

  constructor(failure: MailFailure, template: string, cause?: unknown) {
    super(`a mail to owners with the template ${template} cannot be written: ${failure}`, { cause });
    this.failure = failure;
  }
}

/** A mail with everything but its reader. Throws UnwritableMail for a template or props that nobody knows. */
export function resolveMail(mail: UnaddressedMail, place: MailPlace): WithoutReader<Mail> {
  try {
    return contentOf(mail, place);
  } catch (error) {
    throw error instanceof z.ZodError ? new UnwritableMail("props-malformed", mail.template, error) : error;
  }
}

function contentOf({ template, props }: UnaddressedMail, { portalUrl, slug, organizationName }: MailPlace): WithoutReader<Mail> {
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
    case "workspace-suspended":
      return { template, props: { url: `${portalUrl}/w/${slug}`, organizationName, ...suspended.parse(props) } };
    case "workspace-resumed":
      return { template, props: { url: `${portalUrl}/w/${slug}`, organizationName } };
    case "export-failed":
      return { template, props: { url: `${portalUrl}/w/${slug}/settings?tab=export`, organizationName, ...exportFailed.parse(props) } };
    case "key-lost":
      return { template, props: { url: `${portalUrl}/w/${slug}/settings?tab=data`, organizationName, ...keyLost.parse(props) } };
    case "customer-key-released":
      return { template, props: { organizationName, keyArn: released.parse(props).keyArn ?? null } };
    default:
      throw new UnwritableMail("template-unknown", template);
  }
}
