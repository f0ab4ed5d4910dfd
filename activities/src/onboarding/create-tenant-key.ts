import { changePlacement } from "@leasehold/db/control/placement/change-placement";
import { destroyDataKeys, keepDataKey, listWrappingKeys } from "@leasehold/db/keyring/keep-data-key";
import { keyAliasOf } from "@leasehold/domain/placement";
import { plans } from "@leasehold/domain/plans";
import { generateWrappedDataKey } from "@leasehold/tenancy/keys/wrapped-key";
import { stepActivity, undoActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { resourceKinds } from "./resource-names.ts";
import { nothing, placementOf, placeOf } from "./step-place.ts";
import { createKey, dropAlias, findKey, listTaggedKeys, nameAndRotateKey, retireKey } from "./tenant-keys.ts";

type Needs = Pick<OnboardingDependencies, "control" | "keyring" | "kms" | "tagging" | "tenantRoleArn">;
const firstVersion = 1;

/**
 * Idempotent by tenant id. A key of the tenant's own, or its stack's; and the first data key, wrapped, in the keyring. A key
 * that an earlier attempt made is adopted; should there be two, the other is retired.
 */
export function createTenantKey(needs: Needs) {
  const { control, keyring, kms, tagging, tenantRoleArn } = needs;

  async function own(tenantId: string, first: boolean): Promise<string> {
    const wrapping = first ? [] : await listWrappingKeys(keyring, tenantId);
    const found = first ? undefined : (wrapping[0] ?? (await findKey(kms, tagging, tenantId)));
    return found ?? (await createKey(kms, tenantId, tenantRoleArn));
  }

  return stepActivity(
    control,
    placeOf("key"),
    async ({ tenantId, catalog, first }) => {
      const ofStack = plans[catalog.plan].placement.key === "stack";
      const keyArn = ofStack ? placementOf(catalog).keyArn : await own(tenantId, first);
      const identity = { tenantId, version: firstVersion, keyArn };
      const keep = async () => {
        const wrapped = await generateWrappedDataKey(kms, identity);
        await keepDataKey(keyring, tenantId, { version: firstVersion, wrapped, kmsKeyArn: keyArn });
      };
      await Promise.all([ofStack ? undefined : nameAndRotateKey(kms, tenantId, keyArn), keep()]);
      if (!first && !ofStack) {
        const strays = (await listTaggedKeys(tagging, tenantId)).filter((arn) => arn !== keyArn);
        for (const arn of strays) await retireKey(kms, arn);
      }
      return {
        made: [
          { kind: resourceKinds.key, name: keyAliasOf(tenantId), ref: keyArn },
          { kind: resourceKinds.dataKey, name: tenantId },
        ],
        within: (tx) => changePlacement(tx, tenantId, { keyArn }),
      };
    },
    nothing,
  );
}

/**
 * Idempotent by tenant id. The wrapped data keys are destroyed first; then every key of the tenant is switched off and its
 * deletion scheduled, seven days ahead. The key of a stack goes with its stack.
 */
export function undoCreateTenantKey({ control, keyring, kms, tagging }: Needs) {
  return undoActivity(control, "key", async ({ tenantId, catalog, first }) => {
    await destroyDataKeys(keyring, tenantId);
    const released = [resourceKinds.dataKey];
    if (plans[catalog.plan].placement.key === "stack" || first) return { released };
    const recorded = catalog.placement?.keyArn ? [catalog.placement.keyArn] : [];
    const arns = new Set([...recorded, ...(await listTaggedKeys(tagging, tenantId))]);
    await dropAlias(kms, tenantId);
    for (const arn of arns) await retireKey(kms, arn);
    return { released: [...released, resourceKinds.key] };
  });
}
