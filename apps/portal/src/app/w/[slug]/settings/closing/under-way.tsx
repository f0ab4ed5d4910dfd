"use client";

import { endedLabels } from "@leasehold/domain/offboarding/hold-labels";
import { CopyId } from "@leasehold/ui/components/copy-id";
import { Section } from "@leasehold/ui/components/section";
import { formatNumber } from "@leasehold/ui/lib/format";
import { Check, X } from "lucide-react";
import type { Closing } from "../../../../../lib/use-closing.ts";
import { ExportSettings } from "../export-settings.tsx";
import { ClosingSteps } from "./closing-steps.tsx";
import { HoldActions } from "./hold-actions.tsx";
import { HoldCard } from "./hold-card.tsx";

/** A closing that is under way, from the request to the last instant of its hold. */
export function UnderWay({ slug, closing, onChanged }: { slug: string; closing: Closing; onChanged: () => void }) {
  return (
    <div className="flex max-w-3xl flex-col gap-8">
      {closing.state === "NEEDS_ATTENTION" ? (
        <p role="status" className="rounded-lg border border-warning-solid/50 bg-warning-soft px-4 py-3 text-warning-text">
          A step could not be finished. Our operators see it and go on from there; you can still cancel. Reference{" "}
          <CopyId value={closing.operationId} label="reference" />
        </p>
      ) : null}
      <HoldCard closing={closing} actions={<HoldActions slug={slug} closing={closing} onChanged={onChanged} />} />
      {closing.ended ? <Ended ended={closing.ended} /> : null}
      <ExportSettings slug={slug} />
      <Section title="Steps" description="What has been done, and what comes after the hold.">
        <ClosingSteps closing={closing} />
      </Section>
    </div>
  );
}

/** What freezing ended, each with whether cancelling brings it back. */
function Ended({ ended }: { ended: NonNullable<Closing["ended"]> }) {
  return (
    <Section title="What has ended already">
      <ul className="divide-y rounded-lg border bg-card shadow-xs">
        {ended.map(({ what, count, returns }) => {
          const Icon = returns ? Check : X;
          return (
            <li key={what} className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2.5">
              <span>
                {endedLabels[what]}
                {count === null ? null : <span className="text-muted-foreground tabular-nums"> ({formatNumber(count)})</span>}
              </span>
              <span className="flex items-center gap-1.5 text-muted-foreground text-sm">
                <Icon aria-hidden="true" className="size-4" />
                {returns ? "Comes back when you cancel" : "Does not come back"}
              </span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
