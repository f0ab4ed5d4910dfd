import type { LostKey } from "@leasehold/domain/keys/custody";
import type { Role } from "@leasehold/domain/roles";
import type { SuspensionAccess, SuspensionKind } from "@leasehold/domain/suspension/kinds";

/** Every mail that the product sends, with what its text needs. */
export interface MailProps {
  "verify-email": { url: string; organizationName: string };
  "reset-password": { url: string };
  /** `at` is ISO 8601 in UTC. */
  "second-factor-removed": { url: string; resetUrl: string; at: string };
  invitation: { url: string; organizationName: string; role: Role };
  "sign-up-awaiting-approval": { organizationName: string };
  "sign-up-declined": { organizationName: string; reference: string };
  "workspace-ready": { url: string; organizationName: string };
  "onboarding-failed": { organizationName: string; reference: string };
  "export-ready": { url: string; organizationName: string; keptDays: number };
  /** `failure` is a code of `exportFailures`; `closing` where an offboarding asked for it. */
  "export-failed": { url: string; organizationName: string; exportId: string; failure: string; closing: boolean };
  /** `url` leads to where an owner cancels. */
  "workspace-closing": { url: string; organizationName: string; holdDays: number };
  /** `endsAt` is ISO 8601 in UTC. */
  "closing-reminder": { url: string; organizationName: string; days: number; endsAt: string };
  "closing-cancelled": { url: string; organizationName: string };
  "workspace-closed": { certificateUrl: string; organizationName: string };
  "customer-key-released": { organizationName: string; keyArn: string | null };
  /** `purposes` are those of the keys that were given up, each once. */
  "key-lost": { url: string; organizationName: string; purposes: LostKey["purpose"][] };
  "workspace-suspended": { url: string; organizationName: string; kind: SuspensionKind; access: SuspensionAccess };
  "workspace-resumed": { url: string; organizationName: string };
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
