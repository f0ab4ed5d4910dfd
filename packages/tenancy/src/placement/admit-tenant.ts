import { DomainError } from "@leasehold/domain/errors";
import type { Placement } from "@leasehold/domain/placement";
import type { TenantState } from "@leasehold/domain/tenant-states";

/**
 * Refuses a tenant whose state does not allow requests: PRECONDITION_FAILED (`tenant-suspended`, …), or UNAVAILABLE while it
 * moves. The verification of an onboarding comes before ACTIVE and is let in.
 */
export function admitTenant(state: TenantState, { verification }: { verification: boolean }): void {
  if (state === "ACTIVE" || (verification && state === "PROVISIONING")) return;
  if (state === "MOVING") {
    throw new DomainError("UNAVAILABLE", "The workspace is being moved. Try again in a moment.", {
      reason: "tenant-moving",
      retryAfterSeconds: 2,
    });
  }
  throw new DomainError("PRECONDITION_FAILED", messages[state], { reason: `tenant-${state.toLowerCase()}` });
}

/** Refuses a tenant whose data is in another region: PRECONDITION_FAILED (`tenant-other-region`). */
export function admitRegion(placement: Pick<Placement, "region">, region: string): void {
  if (placement.region === region) return;
  throw new DomainError("PRECONDITION_FAILED", `The workspace is in ${placement.region}; this is ${region}.`, {
    reason: "tenant-other-region",
  });
}

const messages: Record<Exclude<TenantState, "ACTIVE" | "MOVING">, string> = {
  PROVISIONING: "The workspace is still being set up.",
  SUSPENDED: "The workspace is suspended. An owner can contact support.",
  CLOSING: "The workspace is being closed.",
  SHREDDING: "The workspace is closed.",
  CLOSED: "The workspace is closed.",
  FAILED: "The workspace was not created.",
};
