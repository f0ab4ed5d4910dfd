import type { Metadata } from "next";
import { PublicFrame, PublicHeading } from "../../components/public-frame.tsx";
import { env } from "../../env.ts";
import { ForgotPasswordForm } from "./client.tsx";

export const metadata: Metadata = { title: "Reset your password" };
export const dynamic = "force-dynamic";

export default function ForgotPasswordPage() {
  return (
    <PublicFrame>
      <PublicHeading title="Reset your password">
        We mail a link to the address, if it has an account. The link is good for an hour.
      </PublicHeading>
      <ForgotPasswordForm inboxUrl={env().MAIL_INBOX_URL ?? null} />
    </PublicFrame>
  );
}
