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
  "export-ready": { url: string; organizationName: string; keptDays: number };
  /** `url` leads to where an owner cancels. */
  "workspace-closing": { url: string; organizationName: string; holdDays: number };
  /** `endsAt` is ISO 8601 in UTC. */
  "closing-reminder": { url: string; organizationName: string; days: number; endsAt: string };
  "closing-cancelled": { url: string; organizationName: string };
  "workspace-closed": { certificateUrl: string; organizationName: string };
  "customer-key-released": { organizationName: string; keyArn: string | null };
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
