import type { Tone } from "@leasehold/domain/tenant-states";

export const toneSolid: Record<Tone, string> = {
  neutral: "bg-neutral-solid",
  info: "bg-info-solid",
  success: "bg-success-solid",
  warning: "bg-warning-solid",
  danger: "bg-danger-solid",
};

export const toneText: Record<Tone, string> = {
  neutral: "text-muted-foreground",
  info: "text-info-text",
  success: "text-success-text",
  warning: "text-warning-text",
  danger: "text-danger-text",
};
