import { RootDocument } from "@leasehold/ui/components/root-document";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { TRPCClientProvider } from "../trpc/client.tsx";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Leasehold console", template: "%s · Leasehold console" },
  description: "Where operators look after tenants.",
};
export const viewport: Viewport = { colorScheme: "light dark" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <RootDocument nonce={nonce}>
      <TRPCClientProvider>{children}</TRPCClientProvider>
    </RootDocument>
  );
}
