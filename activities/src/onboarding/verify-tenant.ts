import { findPlacement } from "@leasehold/db/application/placement/find-placement";
import { publishPlacement, withdrawPlacement } from "@leasehold/db/application/placement/publish-placement";
import { canaryTenantId } from "@leasehold/domain/placement";
import { workerIssuer } from "@leasehold/tenancy/token/claims";
import { signTenantToken } from "@leasehold/tenancy/token/sign-token";
import { type StepNeeds, stepActivity, undoActivity } from "../operations/run-step.ts";
import { runVerification } from "./application-client.ts";
import { canaryDocumentId } from "./canary.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { resourceKinds } from "./resource-names.ts";
import { nothing, placementOf, placeOf } from "./step-place.ts";

type Needs = Pick<OnboardingDependencies, keyof StepNeeds | "application" | "applicationUrl" | "tokenKey">;

/**
 * Idempotent by operation id. Tells the application plane where the tenant is, and has it write, read back, and be refused
 * the canary's row, object and key, with the tenant's own credentials.
 */
export function verifyTenant(needs: Needs) {
  const { application, applicationUrl, tokenKey } = needs;
  return stepActivity(
    needs,
    placeOf("verify"),
    async ({ tenantId, operationId, requestId, catalog, signal }) => {
      const { plan } = catalog;
      signal.throwIfAborted();
      const [canary, token] = await Promise.all([
        findPlacement(application, canaryTenantId),
        signTenantToken(tokenKey, { issuer: workerIssuer, tenantId, plan, scope: "verification", operationId }),
        publishPlacement(application, { tenantId, state: "PROVISIONING", plan, placement: placementOf(catalog) }),
      ]);
      const { bucket, objectPrefix, keyArn } = canary.placement;
      await runVerification(
        applicationUrl,
        { token, requestId, signal },
        {
          tenantId: canaryTenantId,
          documentId: canaryDocumentId,
          bucket,
          objectKey: `${objectPrefix}${canaryDocumentId}`,
          keyArn,
        },
      );
      return { made: [{ kind: resourceKinds.placement, name: tenantId }] };
    },
    nothing,
  );
}

/** Idempotent by tenant id. The application plane no longer finds the tenant. */
export function undoVerifyTenant({ control, application }: Needs) {
  return undoActivity(control, "verify", async ({ tenantId }) => {
    await withdrawPlacement(application, tenantId);
    return { released: [resourceKinds.placement] };
  });
}
