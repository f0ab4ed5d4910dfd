import { GenerateDataKeyCommand } from "@aws-sdk/client-kms";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { listVisibleOwners, seesDocument } from "@leasehold/db/application/documents/list-visible-owners";
import { DomainError } from "@leasehold/domain/errors";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";

/** What belongs to the canary, a tenant that nobody else may reach. */
export interface Canary {
  tenantId: string;
  documentId: string;
  bucket: string;
  objectKey: string;
  keyArn: string;
}

export const checkNames = ["own-write", "own-read", "canary-row", "canary-object", "canary-key", "clean-up"] as const;
export type CheckName = (typeof checkNames)[number];

/** Throws PRECONDITION_FAILED with the check's name as reason. */
export function failCheck(check: CheckName, message: string, cause?: unknown): never {
  throw new DomainError("PRECONDITION_FAILED", `Verification failed at ${check}: ${message}`, { reason: `verification-${check}`, cause });
}

/** Row-level security hides the canary's rows: when no tenant is named, and when its own ids are. */
export async function refuseRow({ data }: TenancyKit, app: AppContext, canary: Canary): Promise<void> {
  const { owners, seen } = await data.transaction(app, "write", async (tx) => ({
    owners: await listVisibleOwners(tx),
    seen: await seesDocument(tx, canary.tenantId, canary.documentId),
  }));
  if (!owners.includes(app.tenantId)) failCheck("canary-row", "the tenant's own row was not visible, so the refusal proves nothing");
  if (owners.some((owner) => owner !== app.tenantId)) failCheck("canary-row", "rows of another tenant were visible without a predicate");
  if (seen) failCheck("canary-row", "the canary's row was visible by its id");
}

/** The tenant's credentials neither read nor write in the canary's prefix. */
export async function refuseObject({ aws, vendor }: TenancyKit, app: AppContext, { bucket, objectKey }: Canary): Promise<void> {
  const { s3 } = await aws.clientsFor(app, vendor);
  const target = { Bucket: bucket, Key: objectKey };
  const beside = { Bucket: bucket, Key: `${objectKey}.${app.tenantId}`, Body: "probe" };
  await Promise.all([
    expectDenied("canary-object", "read", s3.send(new GetObjectCommand(target))),
    expectDenied("canary-object", "write", s3.send(new PutObjectCommand(beside))),
  ]);
}

/** The tenant's credentials do not use the canary's key, with an action that they have on their own. */
export async function refuseKey({ aws, vendor }: TenancyKit, app: AppContext, { keyArn, tenantId }: Canary): Promise<void> {
  const { kms } = await aws.clientsFor(app, vendor);
  const EncryptionContext = { tenant: tenantId, version: "1", purpose: "data" };
  const generate = new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: "AES_256", EncryptionContext });
  await expectDenied("canary-key", "use", kms.send(generate));
}

/** Denied is the one answer that passes: a missing thing or an outage proves nothing. */
async function expectDenied(check: CheckName, action: string, call: Promise<unknown>): Promise<void> {
  const refusal = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refusal === undefined) failCheck(check, `${action} was allowed`);
  if (!(refusal instanceof Error) || !/^AccessDenied(Exception)?$/.test(refusal.name)) {
    const status =
      refusal instanceof Error && "$metadata" in refusal ? (refusal.$metadata as { httpStatusCode?: number }).httpStatusCode : undefined;
    if (status === undefined || status >= 500 || status === 429) throw unavailable(check, refusal);
    failCheck(check, `${action} was answered, not refused`, refusal);
  }
}

function unavailable(check: CheckName, cause: unknown): DomainError {
  return new DomainError("UNAVAILABLE", `Verification could not ask for ${check}. Try again.`, {
    reason: "verification-unavailable",
    retryAfterSeconds: 1,
    cause,
  });
}
