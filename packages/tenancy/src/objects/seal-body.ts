import { randomBytes } from "node:crypto";
import type { TenantScope } from "../context.ts";
import type { DataKeys } from "../keys/data-keys.ts";
import { makeHeader, saltBytes, sealSegment, segmentBytes } from "./segments.ts";
import { splitStream } from "./split-stream.ts";

/**
 * Encrypts a body as it flows. The key is leased anew for every segment, so an upload stops when the tenant's key does.
 */
export async function* sealBody(
  keys: DataKeys,
  scope: TenantScope,
  target: { objectKey: string; keyVersion: number },
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const { objectKey, keyVersion } = target;
  const header = makeHeader(keyVersion, randomBytes(saltBytes));
  yield header.bytes;
  let index = 0;
  for await (const { bytes, last } of splitStream(body, segmentBytes)) {
    const place = { tenantId: scope.tenantId, objectKey, index, final: last };
    yield await keys.use(scope, [keyVersion], (ring) => sealSegment(ring.key(keyVersion), header, place, bytes));
    index += 1;
  }
}
