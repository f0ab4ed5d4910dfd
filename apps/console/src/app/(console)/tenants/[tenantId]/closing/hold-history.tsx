import { holdChangeLabels } from "@leasehold/domain/offboarding/hold-labels";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { Timeline } from "@leasehold/ui/components/timeline";
import { actorLabel } from "../../../../../lib/actor-label.ts";
import type { Closing } from "./closing-tab.tsx";

/** Every decision about the hold, in its order. */
export function HoldHistory({ changes }: { changes: Closing["changes"] }) {
  return (
    <Section title="Decisions about the hold">
      <div className="rounded-lg border bg-card p-5 shadow-xs">
        <Timeline
          format="date-time"
          events={changes.map(({ changeId, kind, actor, endsAt, reason, at }) => ({
            id: changeId,
            title: holdChangeLabels[kind],
            detail: (
              <span className="break-words">
                by {actorLabel(actor)}
                {endsAt === null || kind === "cancelled" ? null : (
                  <>
                    , to end on <RelativeTime value={endsAt} format="date-time" />
                  </>
                )}
                {reason === null ? null : <>: {reason}</>}
              </span>
            ),
            at,
            tone: kind === "cancelled" ? "success" : "info",
          }))}
        />
      </div>
    </Section>
  );
}
