import { Readable } from "node:stream";
import { DeleteObjectCommand, GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { DomainError, isDomainError } from "@leasehold/domain/errors";
import type { TenantScope } from "../context.ts";
import type { DataKeys } from "../keys/data-keys.ts";
import { openBody } from "./open-body.ts";
import { sealBody } from "./seal-body.ts";

/** Bytes of one part of an upload, the least that S3 takes; one part is in memory at a time. */
const partBytes = 5 * 1024 * 1024;

export interface StoredBody {
  /** Of the plaintext. */
  bytes: number;
  /** Of the data key that the body is under. */
  keyVersion: number;
}

export interface TenantObjects {
  /**
   * Stores a body, encrypted, under the tenant's key, and counts its bytes. Nothing is there before all of it is; the same key
   * again replaces it. Under the newest version of the data key unless told. Rethrows what the body's source throws.
   */
  put(scope: TenantScope, objectKey: string, body: AsyncIterable<Uint8Array>, under?: { keyVersion: number }): Promise<StoredBody>;
  /** The body, decrypted as it is read. Throws NOT_FOUND when there is none. */
  get(scope: TenantScope, objectKey: string): Promise<AsyncIterable<Buffer>>;
  /** Also when it is gone already. */
  delete(scope: TenantScope, objectKey: string): Promise<void>;
}

export interface TenantObjectsSources {
  keys: DataKeys;
  /** A client that carries the tenant's vended credentials. */
  s3For(scope: TenantScope): Promise<S3Client>;
}

/** The place of an object in its tenant's prefix. `id` is of our making, never a person's text. */
export function objectKeyOf(scope: Pick<TenantScope, "placement">, id: string): string {
  if (!/^[A-Za-z0-9_]+(\/[A-Za-z0-9_]+)*$/.test(id)) throw new Error("An object's id holds characters that no id has.");
  return `${scope.placement.objectPrefix}${id}`;
}

/** Objects of one tenant: its bucket, its prefix, its credentials, its key. */
export function createTenantObjects({ keys, s3For }: TenantObjectsSources): TenantObjects {
  const place = (scope: TenantScope, objectKey: string) => {
    if (!objectKey.startsWith(scope.placement.objectPrefix)) throw new Error("An object's key is outside its tenant's prefix.");
    return { Bucket: scope.placement.bucket, Key: objectKey };
  };
  return {
    async put(scope, objectKey, body, under) {
      const target = place(scope, objectKey);
      const client = await s3For(scope);
      const keyVersion = under?.keyVersion ?? (await keys.use(scope, ["newest"], (ring) => ring.newestVersion));
      let bytes = 0;
      const counted = async function* () {
        for await (const chunk of body) {
          bytes += chunk.byteLength;
          yield chunk;
        }
      };
      const Body = Readable.from(sealBody(keys, scope, { objectKey, keyVersion }, counted()), {
        objectMode: false,
        highWaterMark: 128 * 1024,
      });
      const params = { ...target, Body, ContentType: "application/octet-stream" };
      await new Upload({ client, params, queueSize: 1, partSize: partBytes }).done().catch((error: unknown) => {
        throw storageError(error);
      });
      return { bytes, keyVersion };
    },
    async get(scope, objectKey) {
      const client = await s3For(scope);
      const { Body } = await client.send(new GetObjectCommand(place(scope, objectKey))).catch((error: unknown) => {
        throw storageError(error);
      });
      if (!(Body instanceof Readable)) throw new Error("S3 answered without a body");
      return openBody(keys, scope, objectKey, Body);
    },
    async delete(scope, objectKey) {
      const client = await s3For(scope);
      await client.send(new DeleteObjectCommand(place(scope, objectKey))).catch((error: unknown) => {
        throw storageError(error);
      });
    },
  };
}

/** An answer of the store as ours; errors of the body's own source pass through as they are. */
function storageError(error: unknown): unknown {
  if (isDomainError(error) || !(error instanceof Error)) return error;
  if (error.name === "NoSuchKey") return new DomainError("NOT_FOUND", "There is no such body.", { cause: error });
  const fromStore = "$metadata" in error || error.name === "TimeoutError" || ("code" in error && String(error.code).startsWith("ECONN"));
  if (!fromStore) return error;
  return new DomainError("UNAVAILABLE", "The workspace's storage did not answer. Try again shortly.", {
    reason: "storage-unavailable",
    retryAfterSeconds: 2,
    cause: error,
  });
}
