import type { Metadata } from "next";
import { PublicFrame, PublicHeading } from "../../components/public-frame.tsx";
import { ResetPasswordForm } from "./client.tsx";

export const metadata: Metadata = { title: "Choose a new password", referrer: "no-referrer" };

export default async function ResetPasswordPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token = "" } = await searchParams;
  return (
    <PublicFrame>
      <PublicHeading title="Choose a new password">
        Every session of your account ends; you sign in again with the new password.
      </PublicHeading>
      <ResetPasswordForm token={token} />
    </PublicFrame>
  );
}
