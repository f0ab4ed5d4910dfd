import { changePlacement } from "@leasehold/db/control/placement/change-placement";
import { claimResourceRef } from "@leasehold/db/control/placement/claim-resource-ref";
import { destroyDataKeys, keepDataKey, listWrappingKeys } from "@leasehold/db/keyring/keep-data-key";
import type { KeyPurpose } from "@leasehold/db/keyring/schema/data-keys";
import { DomainError } from "@leasehold/domain/errors";
import { keyAliasOf } from "@leasehold/domain/placement";
import { plans } from "@leasehold/domain/plans";
import { generateWrappedDataKey } from "@leasehold/tenancy/keys/wrapped-key";
import { abortable } from "../operations/abortable.ts";
import { type StepContext, type StepNeeds, stepActivity, undoActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { resourceKinds } from "./resource-names.ts";
import { nothing, placementOf, placeOf } from "./step-place.ts";
import { createKey, findKey, listTaggedKeys, nameAndRotateKey, recordedKeys, retireKey, retireKeysOf } from "./tenant-keys.ts";

type Needs = Pick<OnboardingDependencies, keyof StepNeeds | "keyring" | "kms" | "tagging" | "tenantRoleArn" | "emulated">;
type Keys = Pick<OnboardingDependencies, "kms" | "tagging">;
const firstVersion = 1;

/**
 * Idempotent by tenant id. A key of the tenant's own, or its stack's; and, wrapped in the keyring, the first data key, the key of the index and that of its runs. A key
 * that an earlier attempt made is adopted; should there be two, the other is retired.
 */
export function createTenantKey(needs: Needs) {
  const { control, keyring, tenantRoleArn, emulated } = needs;

  async function own({ tenantId, operationId, catalog, first }: StepContext, { kms, tagging }: Keys): Promise<string> {
    const noted = recordedKeys(catalog)[0];
    if (noted !== undefined) return noted;
    const wrapping = first ? [] : await listWrappingKeys(keyring, tenantId);
    const found = first ? undefined : (wrapping[0] ?? (await findKey(kms, tagging, tenantId)));
    const arn = found ?? (await createKey(kms, { tenantId, tenantRoleArn, emulated }));
    const claimed = await claimResourceRef(control, {
      tenantId,
      operationId,
      kind: resourceKinds.key,
      name: keyAliasOf(tenantId),
      ref: arn,
    });
    if (claimed === arn) return arn;
    await retireKey(kms, arn);
    if (claimed !== undefined) return claimed;
    throw new DomainError("PRECONDITION_FAILED", "The tenant is to have no key any more.", { reason: "key-not-intended" });
  }

  return stepActivity(
    needs,
    placeOf("key"),
    async (context) => {
      const { tenantId, catalog, first, signal } = context;
      const keys = { kms: abortable(needs.kms, signal), tagging: abortable(needs.tagging, signal) };
      const ofStack = plans[catalog.plan].placement.key === "stack";
      const keyArn = ofStack ? placementOf(catalog).keyArn : await own(context, keys);
      const keep = async (purpose: KeyPurpose) => {
        const wrapped = await generateWrappedDataKey(keys.kms, { tenantId, version: firstVersion, keyArn, purpose });
        signal.throwIfAborted();
        await keepDataKey(keyring, tenantId, { purpose, version: firstVersion, wrapped, kmsKeyArn: keyArn });
      };
      await Promise.all([ofStack ? undefined : nameAndRotateKey(keys.kms, tenantId, keyArn), keep("data"), keep("index"), keep("payload")]);
      if (!first && !ofStack) {
        const strays = (await listTaggedKeys(keys.tagging, tenantId)).filter((arn) => arn !== keyArn);
        for (const arn of strays) await retireKey(keys.kms, arn);
      }
      return {
        made: [
          { kind: resourceKinds.key, name: keyAliasOf(tenantId), ref: keyArn },
          { kind: resourceKinds.dataKey, name: tenantId },
        ],
        statements: (tx) => [changePlacement(tx, tenantId, { keyArn })],
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
  return undoActivity(control, "key", async ({ tenantId, catalog, first, signal }) => {
    await destroyDataKeys(keyring, tenantId);
    const released = [resourceKinds.dataKey];
    if (plans[catalog.plan].placement.key === "stack" || first) return { released };
    await retireKeysOf({ kms: abortable(kms, signal), tagging: abortable(tagging, signal) }, tenantId, recordedKeys(catalog));
    return { released: [...released, resourceKinds.key] };
  });
}
