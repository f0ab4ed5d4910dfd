import { findPlatformKey } from "@leasehold/db/control/keys/note-grant";
import { DomainError } from "@leasehold/domain/errors";
import type { KeyCustody } from "@leasehold/domain/keys/custody";
import type { StepContext } from "../operations/run-step.ts";
import type { KeyDependencies } from "./dependencies.ts";

/** The KMS key that a change is to: the one that was asked for, or the platform's, which was never given up. */
export async function targetOf(
  { control }: Pick<KeyDependencies, "control">,
  { tenantId, catalog }: Pick<StepContext, "tenantId" | "catalog">,
): Promise<{ keyArn: string; custody: KeyCustody }> {
  if (catalog.subject.keyArn !== undefined) return { keyArn: catalog.subject.keyArn, custody: "customer" };
  const keyArn = await findPlatformKey(control, tenantId);
  if (keyArn !== undefined) return { keyArn, custody: "platform" };
  throw new DomainError("PRECONDITION_FAILED", "The platform has no key for this tenant.", { reason: "no-platform-key" });
}
