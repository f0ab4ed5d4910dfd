import { Button } from "@leasehold/ui/components/ui/button";
import type { Metadata } from "next";
import Link from "next/link";
import { PlanTable } from "../components/plan-table.tsx";
import { PublicFrame } from "../components/public-frame.tsx";
import { homeOf } from "../lib/home-of.ts";
import { caller } from "../trpc/server.tsx";

export const metadata: Metadata = { title: { absolute: "Leasehold: documents with a place and a key of your own" } };

export default async function LandingPage() {
  const session = await (await caller()).session.current();
  const home = homeOf(session?.workspaces ?? []);
  return (
    <PublicFrame
      wide
      actions={
        <Button asChild variant="ghost" size="sm">
          {session ? <Link href={home}>Open workspace</Link> : <Link href="/sign-in">Sign in</Link>}
        </Button>
      }
    >
      <div className="flex max-w-3xl flex-col gap-4 pb-10 sm:pt-4">
        <h1 className="text-balance font-semibold text-2xl sm:text-[2rem] sm:leading-10">
          Your organization's documents, under a key that is yours alone
        </h1>
        <p className="max-w-2xl text-pretty text-muted-foreground">
          Every workspace gets its own encryption key, isolated rows and storage that nobody else can reach, checked before it opens. It
          takes seconds, and you watch each step.
        </p>
        <div className="flex flex-wrap gap-2 pt-1">
          <Button asChild size="lg">
            <Link href="/sign-up">Create a workspace</Link>
          </Button>
        </div>
      </div>
      <PlanTable />
    </PublicFrame>
  );
}
