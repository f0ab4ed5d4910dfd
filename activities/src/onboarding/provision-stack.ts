import { changePlacement } from "@leasehold/db/control/placement/change-placement";
import { keyAliasOf, stackNameOf } from "@leasehold/domain/placement";
import { needsStack, plans } from "@leasehold/domain/plans";
import { abortable } from "../operations/abortable.ts";
import { type StepNeeds, stepActivity, undoActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { emptyPrefix } from "./empty-prefix.ts";
import { resourceKinds, siloRoleOf } from "./resource-names.ts";
import { awaitStack, createStack, deleteStack, findStack, isDead, outputOf } from "./silo-stacks.ts";
import { nothing, placementOf, placeOf } from "./step-place.ts";
import { recordedKeys, retireKeysOf } from "./tenant-keys.ts";

type Needs = Pick<OnboardingDependencies, keyof StepNeeds | "cloudFormation" | "kms" | "s3" | "tagging" | "stackRoleArn" | "emulated">;

/** Idempotent by stack name, which comes from the tenant id. The tenant's own key, bucket, queue and role. */
export function provisionStack(needs: Needs) {
  const { stackRoleArn, emulated } = needs;
  return stepActivity(
    needs,
    placeOf("stack"),
    async ({ tenantId, signal }) => {
      const cloudFormation = abortable(needs.cloudFormation, signal);
      const found = await findStack(cloudFormation, tenantId);
      if (found !== undefined && isDead(found)) await deleteStack(cloudFormation, tenantId, signal);
      if (found === undefined || isDead(found)) await createStack(cloudFormation, { tenantId, stackRoleArn, emulated });
      const stack = await awaitStack(cloudFormation, tenantId, signal);
      const bucket = outputOf(stack, "BucketName");
      const keyArn = outputOf(stack, "KeyArn");
      const roleArn = outputOf(stack, "RoleArn");
      const name = stackNameOf(tenantId);
      return {
        made: [
          { kind: resourceKinds.stack, name, ref: stack.StackId },
          { kind: resourceKinds.bucket, name, ref: bucket },
          { kind: resourceKinds.queue, name, ref: outputOf(stack, "QueueUrl") },
          { kind: resourceKinds.role, name: siloRoleOf(tenantId), ref: roleArn },
          { kind: resourceKinds.key, name: keyAliasOf(tenantId), ref: keyArn },
        ],
        statements: (tx) => [changePlacement(tx, tenantId, { bucket, keyArn, roleArn })],
      };
    },
    nothing,
  );
}

/** Idempotent by stack name. The stack keeps its key: it is switched off and its deletion scheduled here, seven days ahead. */
export function undoProvisionStack(needs: Needs) {
  return undoActivity(needs.control, "stack", async ({ tenantId, catalog, signal }) => {
    if (!needsStack(plans[catalog.plan].placement)) return {};
    const { cloudFormation, kms, s3, tagging } = abortableOf(needs, signal);
    if (catalog.placement !== null) await emptyPrefix(s3, stackNameOf(tenantId), placementOf(catalog).objectPrefix);
    await deleteStack(cloudFormation, tenantId, signal);
    await retireKeysOf({ kms, tagging }, tenantId, recordedKeys(catalog));
    const { stack, bucket, queue, role, key } = resourceKinds;
    return { released: [stack, bucket, queue, role, key] };
  });
}

function abortableOf({ cloudFormation, kms, s3, tagging }: Needs, signal: AbortSignal) {
  return {
    cloudFormation: abortable(cloudFormation, signal),
    kms: abortable(kms, signal),
    s3: abortable(s3, signal),
    tagging: abortable(tagging, signal),
  };
}
