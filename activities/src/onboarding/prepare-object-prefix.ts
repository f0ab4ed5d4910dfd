import { PutObjectCommand } from "@aws-sdk/client-s3";
import { objectPrefixOf, stackNameOf } from "@leasehold/domain/placement";
import { plans } from "@leasehold/domain/plans";
import { abortable } from "../operations/abortable.ts";
import { type StepNeeds, stepActivity, undoActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { emptyPrefix } from "./empty-prefix.ts";
import { resourceKinds } from "./resource-names.ts";
import { nothing, placementOf, placeOf } from "./step-place.ts";

type Needs = Pick<OnboardingDependencies, keyof StepNeeds | "s3" | "poolBucket">;

/** Idempotent by (bucket, prefix). An empty object marks the prefix as the tenant's and shows that it can be written. */
export function prepareObjectPrefix(needs: Needs) {
  const { s3 } = needs;
  return stepActivity(
    needs,
    placeOf("object-prefix"),
    async ({ catalog, signal }) => {
      const { bucket, objectPrefix } = placementOf(catalog);
      await abortable(s3, signal).send(new PutObjectCommand({ Bucket: bucket, Key: objectPrefix, Body: new Uint8Array() }));
      return { made: [{ kind: resourceKinds.objectPrefix, name: objectPrefix, ref: bucket }] };
    },
    nothing,
  );
}

/** Idempotent by (bucket, prefix). Every version of every object, and every unfinished upload, under the prefix goes. */
export function undoPrepareObjectPrefix({ control, s3, poolBucket }: Needs) {
  return undoActivity(control, "object-prefix", async ({ tenantId, catalog, signal }) => {
    const bucket = plans[catalog.plan].placement.objects === "silo" ? stackNameOf(tenantId) : poolBucket;
    await emptyPrefix(abortable(s3, signal), bucket, objectPrefixOf(tenantId));
    return { released: [resourceKinds.objectPrefix] };
  });
}
