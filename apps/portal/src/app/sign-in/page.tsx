import { safePath } from "@leasehold/domain/safe-path";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { PublicFrame, PublicHeading } from "../../components/public-frame.tsx";
import { caller } from "../../trpc/server.tsx";
import { SignInForm } from "./client.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string; changed?: string }> }) {
  const { next, changed } = await searchParams;
  const session = await (await caller()).session.current();
  const home = session?.workspaces[0];
  if (home) redirect(safePath(next, undefined) ?? `/w/${home.slug}`);
  return (
    <PublicFrame>
      <PublicHeading title="Sign in">{changed ? "Your password is changed. Sign in with the new one." : undefined}</PublicHeading>
      <SignInForm next={safePath(next, undefined)} />
    </PublicFrame>
  );
}
