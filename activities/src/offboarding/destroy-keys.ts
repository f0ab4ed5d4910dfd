import { closeHome } from "@leasehold/db/application/placement/close-home";
import { publishState } from "@leasehold/db/application/placement/publish-placement";
import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { requestMail } from "@leasehold/db/control/mail/request-mail";
import { requestLastMail } from "@leasehold/db/control/offboarding/last-mail";
import { recordFirst } from "@leasehold/db/control/offboarding/shredding-evidence";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import { onlyPool } from "@leasehold/domain/keys/epochs";
import { requestEpochTurn } from "../keys/request-epoch-turn.ts";
import { switchKeyOff } from "../keys/switch-key.ts";
import { dropAlias, retireKey } from "../onboarding/tenant-keys.ts";
import { abortable } from "../operations/abortable.ts";
import type { StepContext } from "../operations/run-step.ts";
import { withTenantDatabase } from "../operations/with-tenant-database.ts";
import { emptyStores, storeRefOf } from "./empty-stores.ts";
import { askKms } from "./keys/ask-kms.ts";
import { findKeys, type TenantKey } from "./keys/find-keys.ts";
import { plantCanaries } from "./keys/plant-canaries.ts";
import { recordKeys } from "./keys/record-keys.ts";
import { releaseCustomerKey } from "./keys/release-customer-key.ts";

import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { shreddingStep } from "./shredding-step.ts";

/**
 * Idempotent by tenant id. Nobody opens the tenant's home any more, so that no new lease of a key begins; its own KMS key is switched
 * off, so that credentials and links that were given out open nothing; the only wrapped copies of its data keys are destroyed. Then, by
 * key model: the own key is scheduled for its deletion, grants on a customer's key end and the customer is told, the epoch that others
 * share is to turn. What KMS answers is recorded.
 */
export function destroyKeys(needs: ShreddingDependencies) {
  return shreddingStep(needs, "destroy-keys", async (context) => {
    const ref = storeRefOf(context);
    const kms = abortable(needs.kms, ref.signal);
    await publishState(needs.application, ref.tenantId, "SHREDDING");
    await withTenantDatabase(needs, ref.placement, (pool) => closeHome(pool, ref.tenantId));
    const keys = await findKeys(needs, ref);
    await noteFirst(needs, context, keys);
    await plantCanaries(needs, ref, keys);
    const own = keys.filter(({ model }) => model === "dedicated" || model === "stack");
    for (const { keyArn } of own) await switchKeyOff(kms, keyArn);
    await emptyStores(needs, context, "destroy-keys");
    for (const { keyArn } of own) await retireKey(kms, keyArn, needs.keyDeletionDays);
    await dropAlias(kms, ref.tenantId);
    const customers = keys.filter(({ model }) => model === "customer");
    for (const { keyArn } of customers) await releaseCustomerKey({ ...needs, kms }, ref, keyArn);
    const turned = await turnEpoch(needs, keys);
    ref.signal.throwIfAborted();
    await recordKeys(needs, ref, [...keys, ...turned]);
    const inUse = customers.filter(({ former }) => former === undefined);
    return { within: (tx) => tell(tx, context, inUse) };
  });
}

type Write = NonNullable<Awaited<ReturnType<Parameters<typeof shreddingStep>[2]>>["within"]>;

async function tell(tx: Parameters<Write>[0], context: StepContext, customers: readonly TenantKey[]): Promise<void> {
  const { tenantId, operationId, requestId } = context;
  for (const { keyArn } of customers) {
    const key = `customer-key-released:${operationId}:${keyArn}`;
    await requestMail(tx, { tenantId, key, template: "customer-key-released", props: { keyArn } });
  }
  await requestLastMail(tx, context);
  await emitAudit(tx, { tenantId, actor: { type: "system", operationId }, requestId }, "offboarding.keys-destroyed", operationId);
}

/** What there was before anything was done to a key: an attempt after this one does not find it any more. */
async function noteFirst(needs: ShreddingDependencies, { signal, ...ref }: StepContext, keys: readonly TenantKey[]): Promise<void> {
  const kms = abortable(needs.kms, signal);
  for (const key of keys) {
    const answer = await askKms(kms, key.keyArn);
    await recordFirst(needs.control, ref, [{ type: "key", ...key, wrappedAfter: key.wrappedBefore, ...answer }]);
  }
}

/**
 * The epoch that is current now turns, so that no copy of the keyring opens what was destroyed; where the tenant has left the pool, only
 * when copies from before are under that very epoch. @returns its key, when it is another
 */
async function turnEpoch({ keyring, epochTurns }: ShreddingDependencies, keys: readonly TenantKey[]): Promise<TenantKey[]> {
  const shared = keys.filter(({ model }) => model === "shared-epoch");
  const isIn = shared.some(({ former }) => former === undefined);
  const before = await findEpoch(keyring, onlyPool, "current");
  if (!isIn && !shared.some(({ epoch }) => epoch !== undefined && epoch === before?.epoch)) return [];
  const wanted = await requestEpochTurn({ keyring, epochTurns }, onlyPool);
  const current = wanted && (await findEpoch(keyring, wanted.pool, wanted.epoch));
  if (!isIn || current === undefined || keys.some(({ keyArn }) => keyArn === current.keyArn)) return [];
  return [{ keyArn: current.keyArn, model: "shared-epoch", wrappedBefore: 0, epoch: current.epoch }];
}
