import type { HoldChangeRow, OffboardingDescription } from "@leasehold/db/control/offboarding/describe-offboarding";

/** Who did something, as a workspace's people are told: one of their owners, Leasehold's people, or the time. */
export type Side = "owner" | "leasehold" | "time";

export function sideOf(actor: string): Side {
  if (actor.startsWith("user:")) return "owner";
  return actor.startsWith("operator:") ? "leasehold" : "time";
}

/** A closing as its owners see it: sides instead of people, and of legal holds that there are some and since when. */
export function describeClosing(closing: OffboardingDescription) {
  const { inventory: _, requestedBy, approvedBy: __, cancelledBy, shortening, changes, reason, ...rest } = closing;
  return {
    ...rest,
    requestedBy: sideOf(requestedBy),
    cancelledBy: cancelledBy === null ? null : sideOf(cancelledBy),
    reason: sideOf(requestedBy) === "owner" ? reason : null,
    shortening: shortening && { to: shortening.to, by: sideOf(shortening.by) },
    changes: changes.map(describeChange),
  };
}

function describeChange({ changeId, kind, actor, endsAt, at }: HoldChangeRow) {
  return { changeId, kind, by: sideOf(actor), endsAt, at };
}

export type Closing = ReturnType<typeof describeClosing>;
