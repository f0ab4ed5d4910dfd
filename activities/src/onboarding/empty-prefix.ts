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

async function deleteVersions(s3: S3Client, bucket: string, prefix: string): Promise<void> {
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
    const Objects: ObjectIdentifier[] = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    if (Objects.length === 0) return;
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
    if (Errors.length > 0) throw new Error(`S3 kept ${Errors.length} objects: ${Errors[0]?.Code}`);
  }
}

async function abortUploads(s3: S3Client, bucket: string, prefix: string): Promise<void> {
  for (;;) {
    const page = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }));
    const found = (page.Uploads ?? []).filter(({ Key }) => Key?.startsWith(prefix));
    for (const { Key, UploadId } of found) await s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    if (found.length === 0 || page.IsTruncated !== true) return;
  }
}
