import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { TenantScope } from "../context.ts";

/** The bound on how long a URL that was handed out opens; the buckets' policies refuse older signatures too. */
export const maxPresignedSeconds = 60;

export interface PresignedUrl {
  method: "GET" | "PUT";
  url: string;
  /** Signed: a request without one of them, or with another value, is refused. */
  headers: Record<string, string>;
  expiresAt: Date;
}

export interface PresignOptions {
  /** 1 to 60; 60 unless told. */
  expiresSeconds?: number;
}

export interface PresignedUpload {
  /** Exactly that many bytes. */
  bytes: number;
  contentType: string;
  /** Of the whole body. */
  sha256: Buffer;
}

/**
 * URLs for one object of the tenant's prefix, signed with its vended credentials, for products that keep plain objects: what the kit
 * encrypts in the process (`TenantObjects`) is of no use to a browser. An upload that began in time may end later.
 */
export interface ObjectPresigner {
  get(scope: TenantScope, objectKey: string, options?: PresignOptions & { fileName?: string }): Promise<PresignedUrl>;
  /** Bound to length, type and checksum. The bucket encrypts what arrives. Never replaces an object. */
  put(scope: TenantScope, objectKey: string, upload: PresignedUpload, options?: PresignOptions): Promise<PresignedUrl>;
}

export function createObjectPresigner({ s3For }: { s3For(scope: TenantScope): Promise<S3Client> }): ObjectPresigner {
  return {
    async get(scope, objectKey, { fileName, ...options } = {}) {
      const place = placeOf(scope, objectKey);
      const expiresIn = secondsOf(options);
      const disposition = fileName === undefined ? "attachment" : `attachment; filename*=UTF-8''${encodeName(fileName)}`;
      const command = new GetObjectCommand({ ...place, ResponseContentDisposition: disposition });
      const url = await getSignedUrl(await s3For(scope), command, { expiresIn });
      return { method: "GET", url, headers: {}, expiresAt: endOf(expiresIn) };
    },
    async put(scope, objectKey, { bytes, contentType, sha256 }, options = {}) {
      const place = placeOf(scope, objectKey);
      const expiresIn = secondsOf(options);
      if (!Number.isSafeInteger(bytes) || bytes < 0) throw new Error("An upload is of a whole number of bytes.");
      if (sha256.length !== 32) throw new Error("A SHA-256 has 32 bytes.");
      const headers = {
        "content-length": String(bytes),
        "content-type": contentType,
        "if-none-match": "*",
        "x-amz-checksum-sha256": sha256.toString("base64"),
      };
      const command = new PutObjectCommand({
        ...place,
        ContentLength: bytes,
        ContentType: contentType,
        ChecksumSHA256: headers["x-amz-checksum-sha256"],
        IfNoneMatch: "*",
      });
      const signed = new Set(Object.keys(headers));
      const url = await getSignedUrl(await s3For(scope), command, { expiresIn, signableHeaders: signed, unhoistableHeaders: signed });
      return { method: "PUT", url, headers, expiresAt: endOf(expiresIn) };
    },
  };
}

const encodeName = (name: string) =>
  encodeURIComponent(name).replace(/['()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
const endOf = (seconds: number) => new Date(Date.now() + seconds * 1_000);

function secondsOf({ expiresSeconds = maxPresignedSeconds }: PresignOptions): number {
  if (Number.isInteger(expiresSeconds) && expiresSeconds >= 1 && expiresSeconds <= maxPresignedSeconds) return expiresSeconds;
  throw new RangeError(`A presigned URL opens for 1 to ${maxPresignedSeconds} seconds.`);
}

function placeOf({ placement }: TenantScope, objectKey: string) {
  const { bucket, objectPrefix } = placement;
  const path = objectKey.slice(objectPrefix.length);
  const plain = /^[\w!().'-]+(\/[\w!().'-]+)*$/.test(path) && !path.split("/").some((part) => /^\.+$/.test(part));
  if (!objectKey.startsWith(objectPrefix) || !plain) throw new Error("An object's key is outside its tenant's prefix.");
  return { Bucket: bucket, Key: objectKey };
}
