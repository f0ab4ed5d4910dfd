import type { OffboardingDependencies } from "./dependencies.ts";

/** What shredding reaches beside everything that onboarding made. */
export interface ShreddingDependencies extends OffboardingDependencies {
  /** How long KMS waits before it deletes a key: 7 to 30 days (ScheduleKeyDeletion, `PendingWindowInDays`). */
  keyDeletionDays: number;
}
