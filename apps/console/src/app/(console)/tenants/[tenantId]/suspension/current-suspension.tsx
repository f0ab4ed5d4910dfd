"use client";

import { suspensionAccessPresentation, suspensionPresentation } from "@leasehold/domain/suspension/kinds";
import { Facts } from "@leasehold/ui/components/facts";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { actorLabel } from "../../../../../lib/actor-label.ts";
import type { SuspensionRecord } from "./suspension-section.tsx";

/** The last bytes of a key lease are zeros this long after it was given, in milliseconds. */
const leaseMs = 30_000;

/** What holds now: since when, by whom, why, and what is left. */
export function CurrentSuspension({ record }: { record: SuspensionRecord | undefined }) {
  if (!record?.kind || !record.access) return null;
  const { kind, access, effectiveAt, requestedBy, reason } = record;
  return (
    <Facts
      facts={[
        ["Kind", suspensionPresentation[kind].label],
        ["Reason", reason],
        ["Who gets in", `${suspensionAccessPresentation[access].label}. ${suspensionAccessPresentation[access].detail}`],
        [
          "Suspended",
          effectiveAt === null ? (
            "Not whole yet: see the operation"
          ) : (
            <span key="since" className="flex flex-wrap gap-x-1.5">
              <RelativeTime value={effectiveAt} /> by {actorLabel(requestedBy)}
            </span>
          ),
        ],
        ...(access === "closed" && effectiveAt !== null
          ? ([
              [
                "No key in memory",
                <RelativeTime key="leases" value={new Date(effectiveAt.getTime() + leaseMs)} format="date-time" withZone />,
              ],
            ] as [string, React.ReactNode][])
          : []),
      ]}
    />
  );
}
