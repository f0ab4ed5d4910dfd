import { setTimeout as sleep } from "node:timers/promises";
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { deleteAuthored, listAuthored } from "@leasehold/db/application/erasure/author-rows";
import type { PersonErasure } from "@leasehold/db/control/offboarding/erasure/read-erasure";
import type { Placement } from "@leasehold/domain/placement";
import type pg from "pg";

/** So few that no legal hold waits long for them to be deleted. */
const page = 10;

/** Does a piece of work, or refuses it. */
export type Allowing = (work: () => Promise<void>) => Promise<void>;

/**
 * Deletes a person's documents, a page at a time as it is allowed: first every version of each body, looked for again until none is
 * listed, then the rows. What was done by an attempt stays done. @returns how many there were
 */
export async function deleteDocuments(
  s3: S3Client,
  pool: pg.Pool,
  { bucket }: Pick<Placement, "bucket">,
  { tenantId, userId }: PersonErasure & { userId: string },
  signal: AbortSignal,
  allowing: Allowing,
): Promise<number> {
  for (let deleted = 0; ; ) {
    signal.throwIfAborted();
    const found = await listAuthored(pool, tenantId, userId, page);
    if (found.length === 0) return deleted;
    await allowing(async () => {
      for (const { objectKey } of found) await deleteBody(s3, bucket, objectKey, signal);
      await deleteAuthored(pool, tenantId, userId, found);
    });
    deleted += found.length;
    // A body that is moved at this moment, by a rotation, keeps its row: the next look has its new key.
    if (deleted > 0 && found.length < page) await sleep(10, undefined, { signal });
  }
}

async function deleteBody(s3: S3Client, Bucket: string, Key: string, signal: AbortSignal): Promise<void> {
  const asked = { abortSignal: signal };
  for (;;) {
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }), asked);
    const Objects = [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])]
      .filter((version) => version.Key === Key)
      .map(({ VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) break;
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }), asked);
    if (Errors.length > 0) throw new Error(`S3 kept ${Errors.length} versions: ${Errors[0]?.Code}`);
  }
  const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }), asked);
  for (const { UploadId, Key: of } of uploads.Uploads ?? [])
    if (of === Key) await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), asked);
}
