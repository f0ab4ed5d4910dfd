import type { WatchedKey } from "@leasehold/db/control/keys/list-watched-keys";
import { noteKeyState } from "@leasehold/db/control/keys/note-tenant-key";
import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import { isDomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { customerKeyClosed, type KeyClosure, keyClosures } from "@leasehold/domain/keys/custody";
import type { KeyDependencies } from "./dependencies.ts";
import { callKeyCare } from "./key-care-client.ts";

export type WatchOutcome = "as-before" | "closed" | "opened" | "unknown";

/**
 * Looks at one customer's key the way the tenant's own requests meet it, and notes what was found. An outage says nothing about the
 * key: what was known stays.
 */
export async function watchCustomerKey(
  needs: Pick<KeyDependencies, "control" | "applicationUrl" | "tokenKey">,
  { tenantId, keyArn }: WatchedKey,
  signal: AbortSignal,
): Promise<WatchOutcome> {
  const { plan, state } = await readTenant(needs.control, tenantId);
  if (state !== "ACTIVE") return "unknown";
  const caller = { tenantId, plan, operationId: newId("operation"), requestId: newId("request"), signal };
  let closedBy: KeyClosure | null = null;
  try {
    await callKeyCare(needs, caller, (keys, options) => keys.check.mutate(undefined, options));
  } catch (error) {
    if (!isDomainError(error) || error.reason !== customerKeyClosed) return "unknown";
    closedBy = keyClosures.find((closure) => closure === error.field) ?? "key-access-denied";
  }
  const turned = await noteKeyState(needs.control, { tenantId, keyArn, closedBy });
  if (!turned) return "as-before";
  return closedBy === null ? "opened" : "closed";
}
