import {
  abandonUpload,
  beginRemoval,
  finishRemoval,
  listUnfinished,
  type Removal,
} from "@leasehold/db/application/documents/remove-document";
import type { TenantTransaction } from "@leasehold/db/application/with-tenant";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";

/** Longer than any upload lasts: the server ends a request before. */
const abandonedAfterMinutes = 60;

/**
 * Deletes a document: out of sight first, then its body, then its row. Cut short anywhere, the same call, or the tenant's next
 * upload, carries it on. Throws NOT_FOUND.
 */
export async function deleteDocument(kit: TenancyKit, app: AppContext, documentId: string): Promise<void> {
  await removeBody(kit, app, await kit.data.transaction(app, "write", (tx) => beginDeletion(tx, app, documentId)));
}

/** The first half, in the caller's transaction. Throws NOT_FOUND. */
export async function beginDeletion(tx: TenantTransaction, app: AppContext, id: string): Promise<Removal> {
  const { documentId, objectKey } = await beginRemoval(tx, app, id);
  return { documentId, objectKey };
}

/** The second half; once more changes nothing. */
export function endDeletion(kit: TenancyKit, app: AppContext, removal: Removal): Promise<void> {
  return removeBody(kit, app, removal);
}

/** Gives up one attempt at an upload and removes what it stored; one that is stored after all is left as it is. */
export async function giveUpUpload(kit: TenancyKit, app: AppContext, attempt: Removal): Promise<void> {
  const outcome = await kit.data.transaction(app, "write", (tx) => abandonUpload(tx, app, attempt));
  if (outcome === "superseded") await kit.objects.delete(app, attempt.objectKey);
  if (outcome === "withdrawn") await removeBody(kit, app, attempt);
}

/** Ends removals and uploads of this tenant that a crash cut short. @returns how many */
export function sweepUnfinished(kit: TenancyKit, app: AppContext): Promise<number> {
  return finishUnfinished(kit, app, { olderThanMinutes: abandonedAfterMinutes });
}

/** The same for one document, however recent: for a caller that knows of no other attempt. */
export async function finishUnfinished(
  kit: TenancyKit,
  app: AppContext,
  which: { olderThanMinutes: number; documentId?: string },
): Promise<number> {
  const rows = await kit.data.query(app, "read", (tx) => listUnfinished(tx, app.tenantId, which));
  for (const row of rows) await (row.state === "UPLOADING" ? giveUpUpload(kit, app, row) : removeBody(kit, app, row));
  return rows.length;
}

async function removeBody({ objects, data }: TenancyKit, app: AppContext, { documentId, objectKey }: Removal): Promise<void> {
  await objects.delete(app, objectKey);
  await data.transaction(app, "write", (tx) => finishRemoval(tx, app, documentId));
}
