import type { Metadata } from "next";
import { headers } from "next/headers";
import { PublicFrame } from "../../components/public-frame.tsx";
import { readCapability } from "../../server/context.ts";
import { VerifyEmail } from "./client.tsx";

export const metadata: Metadata = { title: "Confirm your e-mail", referrer: "no-referrer" };

export default async function VerifyEmailPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token = "" } = await searchParams;
  const sameBrowser = readCapability(await headers()) !== undefined;
  return (
    <PublicFrame>
      <VerifyEmail token={token} automatic={sameBrowser} />
    </PublicFrame>
  );
}
