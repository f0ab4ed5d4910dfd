import { releaseHeldMail } from "@leasehold/db/control/mail/release-held-mail";
import { noteHeldFinality } from "@leasehold/db/control/offboarding/note-held-turn";
import { readStepEnd } from "@leasehold/db/control/offboarding/read-step-end";
import { type RevivedKey, reportRevivedKeys } from "@leasehold/db/control/offboarding/report-revived-keys";
import { requireShredding } from "@leasehold/db/control/offboarding/require-shredding";
import { readKeyEvidence } from "@leasehold/db/control/offboarding/shredding-evidence";
import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import { withControl } from "@leasehold/db/control/with-control";
import type { KeyEvidence } from "@leasehold/domain/offboarding/certificate";
import { isOver } from "@leasehold/domain/offboarding/finality";
import { storeOf } from "@leasehold/domain/offboarding/stores";
import { isPlanId } from "@leasehold/domain/plans";
import { retireKey } from "../onboarding/tenant-keys.ts";
import { abortable } from "../operations/abortable.ts";
import type { OperationRef } from "../operations/run-step.ts";
import { lookAgain } from "./empty-stores.ts";
import { isGoing } from "./keys/ask-kms.ts";
import { recordKeys } from "./keys/record-keys.ts";
import { isReleased } from "./keys/release-customer-key.ts";
import { listKeptBefore } from "./look-at-turns.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { createStores } from "./stores/create-stores.ts";
import { sessionMs } from "./stores/stated.ts";
import type { StoreRef } from "./stores/store.ts";

/** Within the activity's time. */
const patienceMs = 50_000;

/**
 * Idempotent by operation id. Asks KMS whether the tenant's keys are gone, and records the answer. A key that somebody took out of its
 * deletion is reported, switched off and scheduled again; an epoch that was left before and is held keeps it open, which is shown. What a session that was given out before may have written since is deleted.
 * The owners' last mail goes out, once.
 */
export function lookAtFinality(needs: ShreddingDependencies) {
  return async ({ tenantId, operationId, now }: OperationRef & { now: number }, requestId: string): Promise<{ final: boolean }> => {
    const { control } = needs;
    await requireShredding(control, { tenantId, operationId });
    const { placement, plan } = await readTenant(control, tenantId);
    if (placement === null || !isPlanId(plan)) return { final: true };
    const ref: StoreRef = { tenantId, operationId, plan, placement, signal: AbortSignal.timeout(patienceMs) };
    await withControl(control, { tenantId }, (tx) => releaseHeldMail(tx, tenantId, ["workspace-closed"]));
    await takeLateObjects(needs, ref);
    const found = await recordKeys(needs, ref, await readKeyEvidence(control, ref));
    const kept = await listKeptBefore(needs, ref);
    await noteHeldFinality(control, ref, kept[0]);
    const isKept = ({ model, former, epoch = 0 }: KeyEvidence) => model === "shared-epoch" && former !== undefined && kept.includes(epoch);
    const revived = found.filter((key) => key.model !== "customer" && !isGoing(key.state) && !isKept(key));
    if (revived.length > 0) {
      await report(needs, ref, requestId, revived);
      await recordKeys(needs, ref, found);
      return { final: false };
    }
    const destroyed = await readStepEnd(control, ref, "destroy-keys");
    const sessionsEnded = destroyed !== undefined && now >= destroyed.getTime() + sessionMs;
    return { final: sessionsEnded && (await areGone(needs, ref, found)) };
  };
}

async function takeLateObjects(needs: ShreddingDependencies, ref: StoreRef): Promise<void> {
  const stores = createStores(needs);
  const entry = [storeOf("objects")];
  const left = await lookAgain(needs, ref, stores, entry);
  if (left.length === 0) return;
  await stores.objects.erase?.(ref);
  await lookAgain(needs, ref, stores, entry);
}

async function report(needs: ShreddingDependencies, ref: StoreRef, requestId: string, revived: readonly KeyEvidence[]): Promise<void> {
  const keys: RevivedKey[] = revived.map(({ keyArn, state, answeredAt }) => ({ keyArn, state, answeredAt }));
  await reportRevivedKeys(needs.control, { ...ref, requestId }, keys);
  const kms = abortable(needs.kms, ref.signal);
  for (const { keyArn } of revived) await retireKey(kms, keyArn, needs.keyDeletionDays);
}

async function areGone(needs: ShreddingDependencies, ref: StoreRef, keys: readonly KeyEvidence[]): Promise<boolean> {
  const kms = abortable(needs.kms, ref.signal);
  // A moment ago, so that it is so by the database's clock as well, which the certificate has.
  const at = new Date(Date.now() - 60_000).toISOString();
  for (const key of keys) {
    if (key.model === "customer" ? !(await isReleased(kms, ref.tenantId, key.keyArn)) : !isOver(key, at)) return false;
  }
  return true;
}
