"use client";

import { Facts } from "@leasehold/ui/components/facts";
import { formatBytes, formatCount } from "@leasehold/ui/lib/format";
import type { inferRouterOutputs } from "@trpc/server";
import type { PortalRouter } from "../../../../../server/routers/root.ts";

export type Preview = inferRouterOutputs<PortalRouter>["offboarding"]["preview"];

const uncounted = "Not counted right now: they cannot be reached";

/** Everything that would be gone, with counts. */
export function WhatGoes({ preview }: { preview: Preview }) {
  const { stored, members, owners, dataKeys, ownStack } = preview;
  const keys = `${formatCount(dataKeys, "data key")}, destroyed; ${wrappingKey(preview)}`;
  return (
    <Facts
      facts={[
        [
          "Documents",
          stored ? `${formatCount(stored.documents, "document")}, ${formatBytes(stored.storedBytes)} with every version` : uncounted,
        ],
        [
          "Members",
          `${formatCount(members, "member")}, of whom ${owners} ${owners === 1 ? "owns" : "own"} it; accounts that belong nowhere else`,
        ],
        ["API keys", stored ? formatCount(stored.apiKeys, "key that works", "keys that work") : uncounted],
        ["Keys", keys],
        ["Infrastructure", ownStack ? "Your own stack: database, bucket and key" : "Shared; your rows and files in it"],
        [
          "Backups",
          "Copies stay until they expire. Without the keys they open to nobody; the key service lets go of a key for good 7 to 30 days later",
        ],
      ]}
    />
  );
}

/** What becomes of the key that the data keys are wrapped under. */
function wrappingKey({ keyCustody, sharedKey }: Preview): string {
  if (keyCustody === "customer") return "your own key in AWS is no longer used and stays yours";
  return sharedKey ? "the shared key that wraps them is replaced, and the old one deleted" : "the key in KMS that wraps them is deleted";
}
