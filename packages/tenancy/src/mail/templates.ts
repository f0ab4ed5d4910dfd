import type { Role } from "@leasehold/domain/roles";

/** Every mail that the product sends, with what its text needs. */
export interface MailProps {
  "verify-email": { url: string; organizationName: string };
  "reset-password": { url: string };
  invitation: { url: string; organizationName: string; role: Role };
  "sign-up-awaiting-approval": { organizationName: string };
  "sign-up-declined": { organizationName: string; reference: string };
  "workspace-ready": { url: string; organizationName: string };
  "onboarding-failed": { organizationName: string; reference: string };
}

export type MailTemplate = keyof MailProps;

/** A mail before it is rendered. Holds personal data: sealed wherever it is stored. */
export type Mail = { [T in MailTemplate]: { template: T; to: string; props: MailProps[T] } }[MailTemplate];

export interface RenderedMail {
  to: string;
  subject: string;
  text: string;
  html: string;
}
