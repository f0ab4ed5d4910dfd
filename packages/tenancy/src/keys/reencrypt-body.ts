import type { TenantScope } from "../context.ts";
import { objectKeyOf, type TenantObjects } from "../objects/tenant-objects.ts";

export interface StoredPlace {
  objectKey: string;
  /** Where its next body goes, below the tenant's prefix: the same for each attempt at one version. */
  nextId: string;
}

/**
 * Encrypts a body anew into another place, has `move` put the row onto it, and removes the old one. Cut short anywhere, the same
 * again carries it on: the new place is the same, and a row that was moved is moved no more.
 * @param move answers where the row's body is then; undefined when there is no such row any more
 */
export async function reencryptBody(
  objects: TenantObjects,
  scope: TenantScope,
  { objectKey, nextId }: StoredPlace,
  version: number,
  move: (to: string) => Promise<string | undefined>,
): Promise<"moved" | "gone"> {
  const to = objectKeyOf(scope, nextId);
  await objects.put(scope, to, await objects.get(scope, objectKey), { keyVersion: version });
  const now = await move(to);
  if (now !== to) {
    await objects.delete(scope, to);
    return "gone";
  }
  if (objectKey !== to) await objects.delete(scope, objectKey);
  return "moved";
}
