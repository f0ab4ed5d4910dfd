export const tenantStates = ["PROVISIONING", "ACTIVE", "SUSPENDED", "MOVING", "CLOSING", "SHREDDING", "CLOSED", "FAILED"] as const;
export type TenantState = (typeof tenantStates)[number];

/** What may follow what. The control database holds the same table and enforces it; a test keeps the two equal. */
export const tenantTransitions: Record<TenantState, readonly TenantState[]> = {
  PROVISIONING: ["ACTIVE", "FAILED"],
  ACTIVE: ["SUSPENDED", "MOVING", "CLOSING"],
  SUSPENDED: ["ACTIVE", "CLOSING"],
  MOVING: ["ACTIVE"],
  CLOSING: ["ACTIVE", "SHREDDING"],
  SHREDDING: ["CLOSED"],
  CLOSED: [],
  FAILED: [],
};

export type Tone = "neutral" | "info" | "success" | "warning" | "danger";

/** How a state is shown: red means that someone must act, and no tenant state by itself does. */
export const tenantStatePresentation: Record<TenantState, { label: string; tone: Tone }> = {
  PROVISIONING: { label: "Setting up", tone: "info" },
  ACTIVE: { label: "Active", tone: "success" },
  SUSPENDED: { label: "Suspended", tone: "warning" },
  MOVING: { label: "Moving", tone: "info" },
  CLOSING: { label: "Closing", tone: "warning" },
  SHREDDING: { label: "Erasing", tone: "warning" },
  CLOSED: { label: "Closed", tone: "neutral" },
  FAILED: { label: "Not created", tone: "neutral" },
};

export function canTransition(from: TenantState, to: TenantState): boolean {
  return tenantTransitions[from].includes(to);
}
