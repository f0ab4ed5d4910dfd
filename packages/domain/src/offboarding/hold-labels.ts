import type { HoldChange } from "./certificate.ts";

/** What happened to a hold, as people read it. */
export const holdChangeLabels: Record<HoldChange["kind"], string> = {
  began: "The hold began",
  extended: "The hold was extended",
  "shorten-asked": "An earlier end was asked for",
  "shorten-withdrawn": "The earlier end was withdrawn",
  shortened: "The hold was shortened: both sides agreed",
  cancelled: "The closing was cancelled",
  ended: "The hold ended",
};

/** What freezing a workspace ended, as people read it. */
export const endedLabels: Record<"sessions" | "api-keys" | "webhooks" | "writes" | "invitations", string> = {
  writes: "Changes of any kind",
  sessions: "Access of everybody who is not an owner",
  "api-keys": "API keys",
  invitations: "Open invitations",
  webhooks: "Webhooks",
};
