"use client";

import { operationStatePresentation } from "@leasehold/domain/operations";
import { CopyId } from "@leasehold/ui/components/copy-id";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Button } from "@leasehold/ui/components/ui/button";
import Link from "next/link";
import type { ReactNode } from "react";
import type { Progress } from "./use-follow-events.ts";

interface Words {
  title: string;
  text: ReactNode;
  action?: ReactNode;
  reference?: boolean;
}

/** Red tells an operator to act; here somebody else does. */
const paused = { tone: "warning", label: "Paused" } as const;

/** What the state means for the person who waits, and what happens next. */
export function Outcome({ name, progress, destination }: { name: string; progress: Progress; destination: string }) {
  const words = wordsFor(name, progress.state, destination);
  const { tone, label } = progress.state === "NEEDS_ATTENTION" ? paused : operationStatePresentation[progress.state];
  const live = progress.state === "RUNNING" || progress.state === "REQUESTED";
  return (
    <div role="status" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="text-balance font-semibold text-2xl">{words.title}</h1>
        <StatusBadge tone={tone} label={label} live={live} />
      </div>
      <p className="text-pretty text-muted-foreground">{words.text}</p>
      {words.reference ? (
        <p className="flex flex-wrap items-center gap-x-2 text-muted-foreground text-sm">
          Reference <CopyId value={progress.operationId} label="reference" full />
        </p>
      ) : null}
      {words.action ? <div>{words.action}</div> : null}
    </div>
  );
}

function wordsFor(name: string, state: Progress["state"], destination: string): Words {
  switch (state) {
    case "AWAITING_APPROVAL":
      return {
        title: "Waiting for approval",
        text: `A plan with its own stack is approved by a person, usually within a working day. Nothing has been created for ${name} yet; we write to you when it starts, and this page goes on by itself.`,
        reference: true,
      };
    case "SUCCEEDED":
      return {
        title: `${name} is ready`,
        text: "Taking you to your workspace.",
        action: (
          <Button asChild>
            <Link href={destination}>Open workspace</Link>
          </Button>
        ),
      };
    case "NEEDS_ATTENTION":
      return {
        title: "Someone is looking at it",
        text: "A step could not be finished, and the steps before it are kept. Our operators see it and go on from there; you need do nothing, and this page goes on by itself.",
        reference: true,
      };
    case "ROLLING_BACK":
      return {
        title: "Undoing what was made",
        text: `${name} could not be created. Everything that was made for it is being removed.`,
        reference: true,
      };
    case "ROLLED_BACK":
      return {
        title: "Your workspace was not created",
        text: "Nothing was kept: every step was undone, and the address is free again. Your account stays, so you can try again, or ask us with the reference.",
        action: signUpAgain,
        reference: true,
      };
    case "REJECTED":
      return {
        title: "Your request was not approved",
        text: "Nothing was created and nothing was kept; the address is free again. You can choose another plan.",
        action: signUpAgain,
        reference: true,
      };
    default:
      return { title: `Creating ${name}`, text: "This takes a few seconds. You can reload or come back; it goes on without you." };
  }
}

const signUpAgain = (
  <Button asChild variant="secondary">
    <Link href="/sign-up">Sign up again</Link>
  </Button>
);
