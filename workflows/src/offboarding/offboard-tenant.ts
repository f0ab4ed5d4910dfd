import type { CertificateActivities } from "@leasehold/activities/offboarding/create-certificate-activities";
import type { ExportActivities } from "@leasehold/activities/offboarding/create-export-activities";
import type { OffboardingActivities } from "@leasehold/activities/offboarding/create-offboarding-activities";
import type { RunActivities } from "@leasehold/activities/offboarding/create-run-activities";
import type { ShreddingActivities } from "@leasehold/activities/offboarding/create-shredding-activities";
import type { OnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import { leasesOverMs } from "@leasehold/domain/keys/leases";
import { longestSleepMs } from "@leasehold/domain/offboarding/hold";
import { type OffboardingStep, offboardingStepLabels } from "@leasehold/domain/offboarding/steps";
import { turnWaitMs } from "@leasehold/domain/offboarding/turns";
import {
  type ActivityOptions,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  patched,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from "@temporalio/workflow";
import { forwardOptions, untilDoneOptions } from "../operations/activity-options.ts";
import type { OperationOutcome, OperationRef } from "../operations/contract.ts";
import { type OperationRun, runOperation, type StepActivities } from "../operations/run-operation.ts";
import { type OffboardTenantInput, offboardingChangedSignal } from "./contract.ts";

type Activities = OffboardingActivities & ExportActivities & RunActivities & ShreddingActivities & CertificateActivities;

const does = (step: OffboardingStep, options: ActivityOptions = {}) =>
  proxyActivities<Activities>({ ...forwardOptions, ...options, summary: offboardingStepLabels[step] });
const undoes = (step: OffboardingStep) =>
  proxyActivities<Activities>({ ...untilDoneOptions, summary: `Undo: ${offboardingStepLabels[step]}` });

/** Everything that a tenant has stored; what was done by an attempt stays done. */
const wholeWalk = { startToCloseTimeout: "12 hours" } satisfies ActivityOptions;
/** CloudFormation takes minutes; the activity polls and beats. */
const stackWork = { startToCloseTimeout: "1 hour" } satisfies ActivityOptions;

const steps = {
  freeze: { run: does("freeze").freezeTenant, undo: undoes("freeze").undoFreezeTenant },
  export: { run: does("export", wholeWalk).exportForOffboarding, undo: undoes("export").undoExportForOffboarding },
  hold: {
    run: (ref: OperationRef) => does("hold").beginHold({ ...ref, now: Date.now() }),
    undo: undoes("hold").undoBeginHold,
  },
  "end-runs": { run: does("end-runs", wholeWalk).endTenantRuns },
  "destroy-keys": { run: does("destroy-keys", wholeWalk).destroyKeys },
  "wait-leases": { run: does("wait-leases").confirmLeases },
  "delete-objects": { run: does("delete-objects", wholeWalk).deleteObjects },
  "delete-rows": { run: does("delete-rows", wholeWalk).deleteRows },
  "delete-stack": { run: does("delete-stack", stackWork).deleteStack },
  "delete-runs": { run: does("delete-runs", wholeWalk).deleteTenantRuns },
  "delete-identities": { run: does("delete-identities").deleteIdentities },
  verify: { run: verifyAfterTurns },
  certify: { run: does("certify").certifyClosure },
  finality: { run: does("finality").certifyFinality },
  close: { run: does("close").closeTenant },
} satisfies Record<OffboardingStep, StepActivities>;

const recording = { ...untilDoneOptions, summary: "Recording the operation's state" };
const { parkOperation, resumeOperation } = proxyActivities<OnboardingActivities>(recording);
const { beginOffboardingRollback: beginRollback, finishOffboardingRollback: finishRollback } = proxyActivities<Activities>(recording);
const records = { parkOperation, resumeOperation, beginRollback, finishRollback };

const { lookAtHold, endHold } = proxyActivities<Activities>({ ...untilDoneOptions, summary: "Reading the hold again" });
const { remindOwners } = proxyActivities<Activities>({ ...untilDoneOptions, summary: "Reminding the owners" });
const { lookAtTurns } = proxyActivities<Activities>({ ...untilDoneOptions, summary: "Looking whether the epoch has turned" });
const { lookAtFinality } = proxyActivities<Activities>({ ...untilDoneOptions, summary: "Looking whether the key is gone" });

/** Another operation on the tenant is at its end, or a decision is on its way: asked again soon. */
const askAgainMs = 30_000;
const finalityEveryMs = 86_400_000;

/** What others share turns by the pool's policy, within minutes or in the night: waited for here, where no worker has to stay. */
async function verifyAfterTurns(ref: OperationRef): Promise<void> {
  if (patched("await-turns")) {
    for (let looks = 0; ; ) {
      const { turned, dueAt } = await lookAtTurns(ref);
      if (turned) break;
      const now = Date.now();
      await sleep(turnWaitMs({ dueAt, now, looks }), { summary: "Until the epoch has turned" });
      if (dueAt === null || dueAt <= now) looks++;
    }
  }
  await does("verify", wholeWalk).verifyShredded(ref);
}

/**
 * From a closing that was asked for to a certificate that anyone can check, or back to the tenant as it was. Up to the last instant of
 * the hold everything can be taken back; the database decides that instant, and behind it nothing is taken back, only done again.
 */
export async function offboardTenant(input: OffboardTenantInput): Promise<OperationOutcome> {
  const ref = { operationId: input.operationId, tenantId: input.tenantId };
  let changes = 0;
  setHandler(offboardingChangedSignal, () => {
    changes++;
  });

  return runOperation({ steps, labels: offboardingStepLabels, records }, input, async (run) => {
    await run.step("freeze");
    await run.step("export");
    await run.step("hold");
    await serveHold(run);
    await run.beyondReturn(async () => {
      await run.step("end-runs");
      await run.step("destroy-keys");
      await sleep(leasesOverMs, { summary: "Until no key is left in memory" });
      await run.step("wait-leases");
      await run.together(["delete-objects", "delete-rows"]);
      await run.together(["delete-stack", "delete-runs", "delete-identities"]);
      await run.step("verify");
      await run.step("certify");
      while (!(await lookAtFinality({ ...ref, now: Date.now() })).final) {
        await sleep(finalityEveryMs, { summary: "Until the next look at the key" });
      }
      await run.step("finality");
      await run.step("close");
    });
  });

  /** Returns when the hold is over and the database has let the tenant go; the authority is read again after every wake. */
  async function serveHold(run: OperationRun<typeof steps>): Promise<void> {
    for (;;) {
      const seen = changes;
      const decision = await lookAtHold({ ...ref, now: Date.now() });
      if (decision.next === "cancel") run.abandon();
      if (decision.next === "remind") {
        await remindOwners({ ...ref, days: decision.days });
        continue;
      }
      let waitMs = askAgainMs;
      if (decision.next === "end") {
        const outcome = await CancellationScope.nonCancellable(() => endHold({ ...ref, now: Date.now() }));
        if (outcome === "shredding") return;
        if (outcome === "cancelled") run.abandon();
        if (outcome === "legal-hold") waitMs = longestSleepMs;
      } else waitMs = decision.ms;
      if (workflowInfo().continueAsNewSuggested && changes === seen) {
        await condition(allHandlersFinished);
        await continueAsNew<typeof offboardTenant>(ref);
      }
      await condition(() => changes !== seen, waitMs);
    }
  }
}
