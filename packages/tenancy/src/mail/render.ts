import { exportFailures } from "@leasehold/domain/offboarding/exports";
import { roleDescriptions } from "@leasehold/domain/roles";
import { type ClosingMail, closingTemplates, contentOfClosing } from "./closing-content.ts";
import { toOwner } from "./footers.ts";
import { contentOfKeyLoss } from "./key-loss-content.ts";
import { renderHtml, renderText } from "./layout.ts";
import { momentWords } from "./moment-words.ts";
import { contentOfSuspension, type SuspensionMail, suspensionTemplates } from "./suspension-content.ts";
import type { Mail, RenderedMail } from "./templates.ts";

/** The words of one mail. Paragraphs are plain text; the layout escapes them. */
export interface MailContent {
  subject: string;
  paragraphs: string[];
  action?: { label: string; url: string };
  footer: string;
}

/** Subject, text and HTML of a mail. Names that people chose are escaped, and never break a header. */
export function renderMail(mail: Mail): RenderedMail {
  const content = contentOf(mail);
  return { to: mail.to, subject: oneLine(content.subject), text: renderText(content), html: renderHtml(content) };
}

function contentOf(mail: Mail): MailContent {
  if (isSuspensionMail(mail)) return contentOfSuspension(mail);
  return isClosingMail(mail) ? contentOfClosing(mail) : contentOfOnboarding(mail);
}

function isSuspensionMail(mail: Mail): mail is SuspensionMail {
  return (suspensionTemplates as readonly string[]).includes(mail.template);
}

function isClosingMail(mail: Mail): mail is ClosingMail {
  return (closingTemplates as readonly string[]).includes(mail.template);
}

function contentOfOnboarding(mail: Exclude<Mail, ClosingMail | SuspensionMail>): MailContent {
  switch (mail.template) {
    case "verify-email":
      return {
        subject: "Confirm your e-mail address",
        paragraphs: [
          `You asked for a workspace for ${mail.props.organizationName}. Confirm that this address is yours and we set it up.`,
          "The link works once, for 24 hours.",
        ],
        action: { label: "Confirm address", url: mail.props.url },
        footer: "If this was not you, ignore this mail: nothing is created.",
      };
    case "reset-password":
      return {
        subject: "Reset your password",
        paragraphs: ["Choose a new password with this link. It works once, for one hour."],
        action: { label: "Choose a new password", url: mail.props.url },
        footer: "If this was not you, ignore this mail: your password stays as it is.",
      };
    case "second-factor-removed":
      return {
        subject: "Your second factor was removed",
        paragraphs: [
          `Your second factor was removed on ${momentWords(mail.props.at)}, because we were asked to let you in without it, and you were signed out everywhere. Your old codes and recovery codes do nothing any more.`,
          "Sign in with your password, and set up a new second factor under Settings, Security.",
          `If you did not ask for this, choose a new password at once, at ${mail.props.resetUrl}, and answer this mail: until there is a new second factor, your password alone lets somebody in.`,
        ],
        action: { label: "Sign in", url: mail.props.url },
        footer: "You get this mail because it is about how you sign in. Nobody can turn it off.",
      };
    case "invitation":
      return {
        subject: `Join ${mail.props.organizationName}`,
        paragraphs: [
          `You are invited to the workspace of ${mail.props.organizationName} as ${mail.props.role}: ${roleDescriptions[mail.props.role]}.`,
          "The link works once, for seven days.",
        ],
        action: { label: "Accept the invitation", url: mail.props.url },
        footer: "If you do not expect this, ignore this mail.",
      };
    case "sign-up-awaiting-approval":
      return {
        subject: "Your workspace is waiting for approval",
        paragraphs: [
          `Your address is confirmed. The plan you chose for ${mail.props.organizationName} gets infrastructure of its own, so one of us looks at each request.`,
          "You hear from us by mail when the workspace is ready.",
        ],
        footer: "There is nothing for you to do.",
      };
    case "sign-up-declined":
      return {
        subject: "Your request for a workspace was declined",
        paragraphs: [
          `We looked at your request for a workspace for ${mail.props.organizationName}, and cannot offer this plan to you. Nothing was created, and nothing is charged.`,
          `Sign up for another plan, or answer this mail with the reference ${mail.props.reference} to talk about it.`,
        ],
        footer: "Thank you for your interest.",
      };
    case "workspace-ready":
      return {
        subject: "Your workspace is ready",
        paragraphs: [`The workspace of ${mail.props.organizationName} is ready for you.`],
        action: { label: "Open the workspace", url: mail.props.url },
        footer: "Welcome.",
      };
    case "export-ready":
      return {
        subject: "Your export is ready",
        paragraphs: [
          `The export of the workspace of ${mail.props.organizationName} that you asked for is ready to be downloaded.`,
          `It is kept for ${mail.props.keptDays} days. Sign in to download it: this mail holds no link to the file itself.`,
        ],
        action: { label: "Open the export", url: mail.props.url },
        footer: "If you did not ask for an export, look at the workspace's audit log and tell its other owners.",
      };
    case "export-failed":
      return {
        subject: "Your export could not be built",
        paragraphs: [
          `The export of the workspace of ${mail.props.organizationName} ended without a file. ${exportFailures[mail.props.failure] ?? exportFailures.failed}`,
          mail.props.closing
            ? "The closing waits for it: somebody at Leasehold looks at it, and nothing is erased before the export is built or an owner cancels the closing."
            : "Nothing in the workspace has changed, and nothing of the export was kept.",
        ],
        action: mail.props.closing
          ? { label: "See the export", url: mail.props.url }
          : { label: "Ask for another export", url: mail.props.url },
        footer: `${toOwner} The export's reference is ${mail.props.exportId}.`,
      };
    case "key-lost":
      return contentOfKeyLoss(mail.props);
    case "onboarding-failed":
      return {
        subject: "Your workspace could not be set up",
        paragraphs: [
          `We could not set up the workspace of ${mail.props.organizationName}. Everything that had been created was removed, and nothing is charged.`,
          `Sign up again, or answer this mail with the reference ${mail.props.reference}.`,
        ],
        footer: "We are sorry for the trouble.",
      };
  }
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
