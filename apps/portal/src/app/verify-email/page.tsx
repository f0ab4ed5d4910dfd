import type { Metadata } from "next";
import { headers } from "next/headers";
import { PublicFrame } from "../../components/public-frame.tsx";
import { readCapability } from "../../server/context.ts";
import { describeConfirmation } from "../../server/onboarding/confirm-sign-up.ts";
import { services } from "../../server/services.ts";
import { VerifyEmail } from "./client.tsx";

export const metadata: Metadata = { title: "Confirm your e-mail", referrer: "no-referrer" };

export default async function VerifyEmailPage({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  const { token: given } = await searchParams;
  const token = typeof given === "string" ? given.slice(0, 200) : "";
  const { automatic, asksPassword } = await describeConfirmation(services(), {
    token,
    capability: readCapability(services(), await headers()),
  });
  return (
    <PublicFrame>
      <VerifyEmail token={token} automatic={automatic} asksPassword={asksPassword} />
    </PublicFrame>
  );
}
