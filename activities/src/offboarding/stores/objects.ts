import {
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  type S3Client,
} from "@aws-sdk/client-s3";
import { emptyPrefix } from "../../onboarding/empty-prefix.ts";
import { abortable } from "../../operations/abortable.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { Store } from "./store.ts";

/** Every version and delete marker of every object under the tenant's prefix, and every unfinished upload: bodies and exports alike. */
export function objects({ s3 }: ShreddingDependencies): Store {
  return {
    how: "ListObjectVersions and ListMultipartUploads under the tenant's prefix: versions, delete markers and unfinished uploads",
    count: ({ placement, signal }) => countObjects(abortable(s3, signal), placement.bucket, placement.objectPrefix),
    erase: ({ placement, signal }) => emptyPrefix(abortable(s3, signal), placement.bucket, placement.objectPrefix),
  };
}

/** Page by page, however many there are. None in a bucket that is gone. */
export async function countObjects(s3: S3Client, bucket: string, prefix: string): Promise<number> {
  try {
    return (await countVersions(s3, bucket, prefix)) + (await countUploads(s3, bucket, prefix));
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchBucket") return 0;
    throw error;
  }
}

async function countVersions(s3: S3Client, Bucket: string, Prefix: string): Promise<number> {
  let found = 0;
  let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
  while (next !== undefined) {
    const page: ListObjectVersionsCommandOutput = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix, ...next }));
    const { KeyMarker, VersionIdMarker } = next;
    // Without versions, not every server leaves out what the page before ended with.
    const again = ({ Key, VersionId }: Pick<ObjectVersion, "Key" | "VersionId">) => Key === KeyMarker && VersionId === VersionIdMarker;
    found += [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].filter((version) => !again(version)).length;
    next = page.IsTruncated === true ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
  }
  return found;
}

async function countUploads(s3: S3Client, Bucket: string, Prefix: string): Promise<number> {
  let found = 0;
  let next: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (next !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix, ...next }));
    found += (page.Uploads ?? []).filter(({ Key }) => Key?.startsWith(Prefix)).length;
    next = page.IsTruncated === true ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined;
  }
  return found;
}
