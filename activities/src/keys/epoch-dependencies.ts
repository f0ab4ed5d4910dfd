import type { OnboardingDependencies } from "../onboarding/dependencies.ts";
import type { TurnPolicy } from "./request-epoch-turn.ts";

/** What making and turning epochs reaches. The worker's KMS client opens branch keys. */
export interface EpochDependencies extends Pick<OnboardingDependencies, "keyring" | "kms" | "tenantRoleArn" | "emulated"> {
  /** How long KMS waits before it deletes a key: 7 to 30 days (ScheduleKeyDeletion, `PendingWindowInDays`). */
  keyDeletionDays: number;
  epochTurns: TurnPolicy;
}
