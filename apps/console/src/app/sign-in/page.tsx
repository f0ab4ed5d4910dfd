import { safePath } from "@leasehold/domain/safe-path";
import { Logo } from "@leasehold/ui/components/logo";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentOperator } from "../../server/current-operator.ts";
import { SignInForm } from "./client.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string }> }) {
  const next = safePath((await searchParams).next, "/tenants");
  if (await currentOperator()) redirect(next);
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="flex w-full max-w-sm flex-col gap-8">
        <Logo suffix="console" />
        <div className="flex flex-col gap-1">
          <h1 className="font-semibold text-2xl">Sign in</h1>
          <p className="text-muted-foreground">For operators. Everything done here is recorded under your name.</p>
        </div>
        <SignInForm next={next} />
      </div>
    </main>
  );
}
