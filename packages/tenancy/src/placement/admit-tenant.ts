import { DomainError } from "@leasehold/domain/errors";
import type { Placement } from "@leasehold/domain/placement";
import { isClosedBySuspension, type SuspensionAccess, suspendedMessage } from "@leasehold/domain/suspension/kinds";
import type { TenantState } from "@leasehold/domain/tenant-states";

/** Who asks, as far as a tenant's state makes a difference. */
export interface Admission {
  /** The verification of an onboarding comes before ACTIVE. */
  verification?: boolean;
  /**
   * Owners, and the worker for a purpose that its token names, get in while the workspace closes, or is suspended in a way that leaves
   * them reading; the home refuses their writes.
   */
  whileClosing?: boolean;
}

interface Admitted {
  state: TenantState;
  /** Of a suspended tenant; without it nobody gets in. */
  suspendedAccess?: SuspensionAccess | null;
}

/**
 * Refuses a tenant whose state does not allow requests: PRECONDITION_FAILED (`tenant-suspended`, …), or UNAVAILABLE while it
 * moves.
 */
export function admitTenant(tenant: Admitted, { verification = false, whileClosing = false }: Admission): void {
  const { state } = tenant;
  if (state === "ACTIVE" || (verification && state === "PROVISIONING") || (whileClosing && state === "CLOSING")) return;
  if (whileClosing && state === "SUSPENDED" && !isClosedBySuspension(tenant)) return;
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
  SUSPENDED: suspendedMessage,
  CLOSING: "The workspace is being closed. Its owners can still read and export it.",
  SHREDDING: "The workspace is closed.",
  CLOSED: "The workspace is closed.",
  FAILED: "The workspace was not created.",
};
