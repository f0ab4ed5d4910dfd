import { randomBytes } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { findPlacement } from "@leasehold/db/application/placement/find-placement";
import { openHome } from "@leasehold/db/application/placement/open-home";
import { publishPlacement } from "@leasehold/db/application/placement/publish-placement";
import { documents } from "@leasehold/db/application/schema/documents";
import { withAdministration } from "@leasehold/db/application/with-administration";
import { keepDataKey } from "@leasehold/db/keyring/keep-data-key";
import { isDomainError } from "@leasehold/domain/errors";
import { canaryTenantId, firstEpoch, objectPrefixOf, type Placement } from "@leasehold/domain/placement";
import { generateWrappedDataKey } from "@leasehold/tenancy/keys/wrapped-key";
import { canaryDocumentId, canaryObjectKey } from "./canary.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { createKey, describeKey, findKey, nameAndRotateKey } from "./tenant-keys.ts";

type Needs = Pick<
  OnboardingDependencies,
  "application" | "keyring" | "kms" | "s3" | "tagging" | "poolBucket" | "tenantRoleArn" | "emulated"
>;

/**
 * Idempotent by the canary's id. A tenant that is there for good and belongs to nobody: home, document row, object, key,
 * wrapped data key and placement, so that there is something to be refused.
 */
export async function ensureCanary(needs: Needs): Promise<void> {
  const { application, keyring, kms, s3, poolBucket, tenantRoleArn } = needs;
  const tenantId = canaryTenantId;
  const keyArn = await ensureKey(needs);
  const placement: Placement = {
    region: await kms.config.region(),
    database: "pool",
    bucket: poolBucket,
    objectPrefix: objectPrefixOf(tenantId),
    keyArn,
    roleArn: tenantRoleArn,
    epoch: firstEpoch,
  };
  const wrapped = await generateWrappedDataKey(kms, { tenantId, version: 1, keyArn });
  await keepDataKey(keyring, tenantId, { version: 1, wrapped, kmsKeyArn: keyArn });
  await openHome(application, tenantId, firstEpoch);
  await withAdministration(application, tenantId, (tx) =>
    tx
      .insert(documents)
      .values({
        tenantId,
        documentId: canaryDocumentId,
        nameCipher: randomBytes(32),
        nameHmac: randomBytes(32),
        contentTypeCipher: randomBytes(32),
        objectKey: canaryObjectKey,
        keyVersion: 1,
        createdBy: "system",
      })
      .onConflictDoNothing(),
  );
  await s3.send(new PutObjectCommand({ Bucket: poolBucket, Key: canaryObjectKey, Body: randomBytes(32) }));
  await publishPlacement(application, { tenantId, state: "ACTIVE", plan: "starter", placement });
}

async function ensureKey({ application, kms, tagging, tenantRoleArn, emulated }: Needs): Promise<string> {
  const known = await findPlacement(application, canaryTenantId).catch((error: unknown) => {
    if (isDomainError(error) && error.code === "NOT_FOUND") return undefined;
    throw error;
  });
  if (known !== undefined && (await describeKey(kms, known.placement.keyArn))?.usable) return known.placement.keyArn;
  const arn =
    (await findKey(kms, tagging, canaryTenantId)) ?? (await createKey(kms, { tenantId: canaryTenantId, tenantRoleArn, emulated }));
  await nameAndRotateKey(kms, canaryTenantId, arn);
  return arn;
}
