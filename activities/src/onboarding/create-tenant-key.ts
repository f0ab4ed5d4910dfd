import type { StepCatalog } from "@leasehold/db/control/operations/step-call";
import { changePlacement } from "@leasehold/db/control/placement/change-placement";
import { destroyDataKeys, keepDataKeys } from "@leasehold/db/keyring/keep-data-key";
import { isDomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { epochKeyOf, onlyPool } from "@leasehold/domain/keys/epochs";
import { keyAliasOf } from "@leasehold/domain/placement";
import { plans } from "@leasehold/domain/plans";
import { type FreshKey, wrapFreshKeys } from "@leasehold/tenancy/keys/tenant-key-models";
import { ensureEpoch } from "../keys/ensure-epoch.ts";
import { abortable } from "../operations/abortable.ts";
import { type StepContext, type StepNeeds, stepActivity, undoActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { ownKey, settleOwnKey } from "./own-key.ts";
import { resourceKinds } from "./resource-names.ts";
import { nothing, placementOf, placeOf } from "./step-place.ts";
import { recordedKeys, retireKeysOf } from "./tenant-keys.ts";

type Needs = Pick<OnboardingDependencies, keyof StepNeeds | "keyring" | "kms" | "branchKeys" | "tagging" | "tenantRoleArn" | "emulated">;

const firstKeys = (["data", "index", "payload"] as const).map((purpose) => ({ purpose, version: 1 }));

/**
 * Idempotent by tenant id. By its plan a KMS key of the tenant's own, its stack's, or the current epoch of its pool; and, wrapped in
 * the keyring, the first data key, the key of the index and that of its runs. A KMS key that an earlier attempt made is adopted; should
 * there be two, the other is retired.
 */
export function createTenantKey(needs: Needs) {
  const { keyring } = needs;
  return stepActivity(
    needs,
    placeOf("key"),
    async (context) => {
      const { tenantId, catalog, signal } = context;
      const within = { ...needs, kms: abortable(needs.kms, signal), tagging: abortable(needs.tagging, signal) };
      const model = modelOf(catalog);
      const keyArn = await wrappingKey(within, context, model);
      const keep = async () => {
        const keys = await wrapFirstKeys(within, tenantId, keyArn);
        signal.throwIfAborted();
        await keepDataKeys(keyring, tenantId, keys);
      };
      await Promise.all([model === "dedicated" ? settleOwnKey(within, context, keyArn) : undefined, keep()]);
      const wrapping =
        model === "epoch"
          ? { kind: resourceKinds.epoch, name: keyArn, ref: keyArn }
          : { kind: resourceKinds.key, name: keyAliasOf(tenantId), ref: keyArn };
      return {
        made: [wrapping, { kind: resourceKinds.dataKey, name: tenantId }],
        statements: (tx) => [changePlacement(tx, tenantId, { keyArn })],
      };
    },
    nothing,
  );
}

async function wrappingKey(needs: Needs, context: StepContext, model: KeyModel): Promise<string> {
  if (model === "stack") return placementOf(context.catalog).keyArn;
  return model === "dedicated" ? ownKey(needs, context) : epochKeyOf(onlyPool);
}

/** The first tenant of a pool makes its epoch. */
async function wrapFirstKeys(needs: Needs, tenantId: TenantId, keyArn: string): Promise<FreshKey[]> {
  const wrap = () => wrapFreshKeys(needs, { tenantId, keyArn }, firstKeys);
  return wrap().catch(async (error: unknown) => {
    if (!isDomainError(error) || error.reason !== "no-epoch") throw error;
    await ensureEpoch(needs, onlyPool);
    return wrap();
  });
}

/**
 * Idempotent by tenant id. The wrapped data keys are destroyed first; then every key of the tenant is switched off and its
 * deletion scheduled, seven days ahead. The key of a stack goes with its stack; that of an epoch is others' as well, and stays.
 */
export function undoCreateTenantKey({ control, keyring, kms, tagging }: Needs) {
  return undoActivity(control, "key", async ({ tenantId, catalog, first, signal }) => {
    await destroyDataKeys(keyring, tenantId);
    const model = modelOf(catalog);
    const released = [resourceKinds.dataKey, ...(model === "epoch" ? [resourceKinds.epoch] : [])];
    if (model !== "dedicated" || first) return { released };
    await retireKeysOf({ kms: abortable(kms, signal), tagging: abortable(tagging, signal) }, tenantId, recordedKeys(catalog));
    return { released: [...released, resourceKinds.key] };
  });
}

type KeyModel = (typeof plans)[keyof typeof plans]["placement"]["key"];

/** As the tenant was placed, which may have been when its plan had another model. */
function modelOf({ plan, resources }: StepCatalog): KeyModel {
  if (plans[plan].placement.key === "stack") return "stack";
  return resources.some(({ kind }) => kind === resourceKinds.epoch) ? "epoch" : "dedicated";
}
