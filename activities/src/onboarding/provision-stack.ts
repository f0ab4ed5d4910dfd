import { changePlacement } from "@leasehold/db/control/placement/change-placement";
import { keyAliasOf, stackNameOf } from "@leasehold/domain/placement";
import { needsStack, plans } from "@leasehold/domain/plans";
import { stepActivity, undoActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { emptyPrefix } from "./empty-prefix.ts";
import { resourceKinds, siloRoleOf } from "./resource-names.ts";
import { awaitStack, createStack, deleteStack, findStack, isDead, outputOf } from "./silo-stacks.ts";
import { nothing, placementOf, placeOf } from "./step-place.ts";
import { dropAlias, listTaggedKeys, retireKey } from "./tenant-keys.ts";

type Needs = Pick<OnboardingDependencies, "control" | "cloudFormation" | "kms" | "s3" | "tagging" | "stackRoleArn">;

/** Idempotent by stack name, which comes from the tenant id. The tenant's own key, bucket, queue and role. */
export function provisionStack({ control, cloudFormation, stackRoleArn }: Needs) {
  return stepActivity(
    control,
    placeOf("stack"),
    async ({ tenantId, operationId, signal }) => {
      const found = await findStack(cloudFormation, tenantId);
      if (found !== undefined && isDead(found)) await deleteStack(cloudFormation, tenantId, signal);
      if (found === undefined || isDead(found)) await createStack(cloudFormation, { tenantId, operationId, stackRoleArn });
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
        within: (tx) => changePlacement(tx, tenantId, { bucket, keyArn, roleArn }),
      };
    },
    nothing,
  );
}

/** Idempotent by stack name. The stack keeps its key: it is switched off and its deletion scheduled here, seven days ahead. */
export function undoProvisionStack({ control, cloudFormation, kms, s3, tagging }: Needs) {
  return undoActivity(control, "stack", async ({ tenantId, catalog, signal }) => {
    if (!needsStack(plans[catalog.plan].placement)) return {};
    if (catalog.placement !== null) await emptyPrefix(s3, stackNameOf(tenantId), placementOf(catalog).objectPrefix);
    await deleteStack(cloudFormation, tenantId, signal);
    await dropAlias(kms, tenantId);
    const recorded = catalog.placement?.keyArn ? [catalog.placement.keyArn] : [];
    for (const arn of new Set([...recorded, ...(await listTaggedKeys(tagging, tenantId))])) await retireKey(kms, arn);
    const { stack, bucket, queue, role, key } = resourceKinds;
    return { released: [stack, bucket, queue, role, key] };
  });
}
