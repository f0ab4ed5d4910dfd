import { noteEpochKey } from "@leasehold/db/keyring/epochs/end-turn";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import type { EpochRef } from "@leasehold/db/keyring/epochs/move-keys";
import { beginTurn } from "@leasehold/db/keyring/epochs/open-epoch";
import { Context } from "@temporalio/activity";
import type { OnboardingDependencies } from "../onboarding/dependencies.ts";
import { abortable } from "../operations/abortable.ts";
import { recordActivity } from "../operations/run-step.ts";
import type { EpochDependencies } from "./epoch-dependencies.ts";
import { endEpochKey, makeBranchKey } from "./epoch-keys.ts";
import { giveUpKeys, settleLosses } from "./give-up-keys.ts";
import { reportUnreadableKeys } from "./report-unreadable-keys.ts";
import { type RewrapOutcome, rewrapEpoch } from "./rewrap-epoch.ts";

/** The activities of a turn. None of them knows a tenant's data; payloads are a pool and a number. */
export function turnEpochActivities(needs: EpochDependencies & Pick<OnboardingDependencies, "control">) {
  const { control, keyring, keyDeletionDays } = needs;
  const kms = () => abortable(needs.kms, Context.current().cancellationSignal);
  return {
    /** Idempotent by the epoch. New keys go under the next one from then on. */
    beginEpochTurn: recordActivity(async ({ pool, epoch }: EpochRef): Promise<void> => {
      await beginTurn(keyring, { pool, epoch }, (next, environment) =>
        makeBranchKey({ ...needs, kms: kms() }, { pool, epoch: next }, environment),
      );
    }),

    /**
     * Idempotent by the epoch. Nothing is under it any more, and its branch key is destroyed; or it is held for keys that do not open, which
     * operators are told of. What two operators have given up of those is destroyed. @returns how many keys this attempt moved, and which of both it is
     */
    rewrapEpoch: recordActivity(async (ref: EpochRef, requestId): Promise<{ moved: number; outcome: RewrapOutcome["outcome"] }> => {
      const { cancellationSignal: signal, log } = Context.current();
      const { moved, unreadable, outcome } = await rewrapEpoch({ keyring, kms: kms() }, ref, {
        signal,
        onProgress: (progress) => Context.current().heartbeat({ moved: progress.moved, unreadable: progress.unreadable.length }),
        giveUp: (dead) => giveUpKeys(needs, ref, dead),
      });
      await settleLosses({ control, keyring, kms: kms() }, ref, unreadable, requestId);
      await reportUnreadableKeys(control, ref, unreadable, requestId);
      for (const { tenantId, version } of unreadable) log.error("a wrapped key does not open", { ...ref, tenantId, version });
      log.info("an epoch's keys are under the next one", { ...ref, moved, outcome });
      return { moved, outcome };
    }),

    /** Idempotent by the epoch. Its KMS key is switched off and waits for its deletion; what KMS answered is written down. */
    endEpochTurn: recordActivity(async (ref: EpochRef): Promise<void> => {
      const epoch = await findEpoch(keyring, ref.pool, ref.epoch);
      if (epoch === undefined || epoch.wrapped !== null) throw new Error("the epoch is not retired");
      await noteEpochKey(keyring, ref, await endEpochKey({ keyring, kms: kms() }, { ...ref, keyArn: epoch.keyArn }, keyDeletionDays));
    }),
  };
}
