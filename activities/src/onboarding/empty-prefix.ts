import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  type S3Client,
} from "@aws-sdk/client-s3";

/**
 * Removes every version, delete marker and unfinished upload under a prefix. A bucket that is gone is empty.
 * Throws when S3 refuses an object.
 */
export async function emptyPrefix(s3: S3Client, bucket: string, prefix: string): Promise<void> {
  if (!prefix.endsWith("/")) throw new Error("a prefix to empty ends in a slash");
  await emptyUnder(s3, bucket, prefix);
}

/** The same for a whole bucket, which has to be the tenant's own. */
export async function emptyBucket(s3: S3Client, bucket: string): Promise<void> {
  if (!/^leasehold-tnt-/.test(bucket)) throw new Error("only a tenant's own bucket is emptied whole");
  await emptyUnder(s3, bucket, "");
}

async function emptyUnder(s3: S3Client, bucket: string, prefix: string): Promise<void> {
  try {
    await deleteVersions(s3, bucket, prefix);
    await abortUploads(s3, bucket, prefix);
  } catch (error) {
    if (!(error instanceof Error && error.name === "NoSuchBucket")) throw error;
  }
}

/** Of versions: the most that S3 lists and deletes at once, and the fewest that are asked for when it takes too long. */
const pages = { largest: 1_000, smallest: 15 };

/** A page that S3 does not get through in a call's time is asked for again in quarters. */
async function deleteVersions(s3: S3Client, bucket: string, prefix: string): Promise<void> {
  for (let MaxKeys = pages.largest; ; ) {
    try {
      if ((await deletePage(s3, { Bucket: bucket, Prefix: prefix, MaxKeys })) === 0) return;
    } catch (error) {
      if (!isTimeout(error) || MaxKeys <= pages.smallest) throw error;
      MaxKeys = Math.floor(MaxKeys / 4);
    }
  }
}

/** The SDK calls a connection that broke a timeout as well: that one is the workflow's to try again. */
function isTimeout(error: unknown): boolean {
  const { name, code } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return name === "TimeoutError" && code !== "ECONNRESET" && code !== "EPIPE";
}

async function deletePage(s3: S3Client, page: { Bucket: string; Prefix: string; MaxKeys: number }): Promise<number> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand(page));
  const Objects: ObjectIdentifier[] = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  if (Objects.length === 0) return 0;
  const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket: page.Bucket, Delete: { Objects, Quiet: true } }));
  if (Errors.length > 0) throw new Error(`S3 kept ${Errors.length} objects: ${Errors[0]?.Code}`);
  return Objects.length;
}

async function abortUploads(s3: S3Client, bucket: string, prefix: string): Promise<void> {
  for (;;) {
    const page = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }));
    const found = (page.Uploads ?? []).filter(({ Key }) => Key?.startsWith(prefix));
    for (const { Key, UploadId } of found) await s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    if (found.length === 0 || page.IsTruncated !== true) return;
  }
}
