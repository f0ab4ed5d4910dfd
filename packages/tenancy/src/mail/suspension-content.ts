import { type SuspensionAccess, suspensionPresentation } from "@leasehold/domain/suspension/kinds";
import { toOwner } from "./footers.ts";
import type { MailContent } from "./render.ts";
import type { Mail } from "./templates.ts";

export const suspensionTemplates = ["workspace-suspended", "workspace-resumed"] as const;

/** The mails about a workspace that is suspended, and active again. */
export type SuspensionMail = Extract<Mail, { template: (typeof suspensionTemplates)[number] }>;

const left: Record<SuspensionAccess, string> = {
  "read-only":
    "Owners can still sign in, read and export everything. Nothing can be changed, and its other members and API keys are refused meanwhile.",
  closed: "Nobody can sign in to it meanwhile, and its API keys are refused. Its encryption keys are switched off.",
};

export function contentOfSuspension(mail: SuspensionMail): MailContent {
  const { organizationName, url } = mail.props;
  switch (mail.template) {
    case "workspace-suspended":
      return {
        subject: "Your workspace is suspended",
        paragraphs: [
          `The workspace of ${organizationName} is suspended. ${suspensionPresentation[mail.props.kind].toOwners}`,
          `${left[mail.props.access]} Nothing was deleted: when the suspension ends, everything is as it was before.`,
          "Answer this mail to talk to us about it.",
        ],
        action: { label: "See what this means", url },
        footer: toOwner,
      };
    case "workspace-resumed":
      return {
        subject: "Your workspace is active again",
        paragraphs: [
          `The suspension of the workspace of ${organizationName} has ended. Everything is as it was before: its members get in, its API keys work, and nothing was deleted.`,
        ],
        action: { label: "Open the workspace", url },
        footer: toOwner,
      };
  }
}
