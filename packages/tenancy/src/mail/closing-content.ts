import { toFormerOwner, toOwner } from "./footers.ts";
import { momentWords } from "./moment-words.ts";
import type { MailContent } from "./render.ts";
import type { Mail } from "./templates.ts";

export const closingTemplates = [
  "workspace-closing",
  "closing-reminder",
  "closing-cancelled",
  "workspace-closed",
  "customer-key-released",
] as const;

/** The mails about letting a workspace go. */
export type ClosingMail = Extract<Mail, { template: (typeof closingTemplates)[number] }>;

export function contentOfClosing(mail: ClosingMail): MailContent {
  const { organizationName } = mail.props;
  switch (mail.template) {
    case "workspace-closing":
      return {
        subject: "Your workspace is being closed",
        paragraphs: [
          `The workspace of ${organizationName} is being closed. Nothing in it can be changed any more, and its API keys no longer work. Owners can still read and export everything.`,
          `${holdWords(mail.props.holdDays)} Until then every owner can cancel, and everything is as it was before. After it the encryption keys are destroyed, and nobody can bring anything back.`,
        ],
        action: seeOrCancel(mail.props.url),
        footer: `${toOwner} If nobody of your organization asked for it, cancel it now.`,
      };
    case "closing-reminder":
      return {
        subject: `Your workspace is erased in ${dayWords(mail.props.days)}`,
        paragraphs: [
          `The hold of the workspace of ${organizationName} ends on ${momentWords(mail.props.endsAt)}. Then its encryption keys are destroyed and everything in it is deleted, for good.`,
          "Export what you want to keep, or cancel the closing: until that moment everything can be as it was before.",
        ],
        action: seeOrCancel(mail.props.url),
        footer: toOwner,
      };
    case "closing-cancelled":
      return {
        subject: "Your workspace stays open",
        paragraphs: [
          `The closing of the workspace of ${organizationName} was cancelled. Everything is as it was before: its members get in, its API keys work, and nothing was deleted.`,
        ],
        action: { label: "Open the workspace", url: mail.props.url },
        footer: toOwner,
      };
    case "workspace-closed":
      return {
        subject: "Your workspace is closed: the certificate",
        paragraphs: [
          `The workspace of ${organizationName} is closed. Its encryption keys were destroyed and what it stored was deleted.`,
          "The certificate says what was looked at, what was found, and what was not checked. Anyone who has the link can read and verify it. Keep it: your account was deleted with the workspace unless you belong to another, and this is our last mail about it.",
        ],
        action: { label: "Read the certificate", url: mail.props.certificateUrl },
        footer: toFormerOwner,
      };
    case "customer-key-released":
      return {
        subject: "We no longer use your encryption key",
        paragraphs: [
          `The workspace of ${organizationName} is being erased, and we no longer use the key of your AWS account${mail.props.keyArn === null ? "" : `, ${mail.props.keyArn}`}: nothing is wrapped under it any more.`,
          "Remove Leasehold's role from the key's policy. What else the key opens, and whether you delete it, is yours to decide. Backups of the keyring from before hold copies of what it wrapped until they end: once the key is deleted, nothing opens them.",
        ],
        footer: toFormerOwner,
      };
  }
}

const seeOrCancel = (url: string) => ({ label: "See the closing, or cancel it", url });

function holdWords(days: number): string {
  if (days <= 0) return "There is no hold: it is erased at once.";
  return days < 1 ? "The hold lasts less than a day." : `The hold lasts ${dayWords(days)}.`;
}

function dayWords(days: number): string {
  const whole = Math.round(days);
  return whole === 1 ? "1 day" : `${whole} days`;
}
