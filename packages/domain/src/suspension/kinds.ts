/** Why a tenant is suspended, as far as its owners are told. The operator's own words stay with the operators. */
export const suspensionKinds = ["non-payment", "abuse", "security", "on-request"] as const;
export type SuspensionKind = (typeof suspensionKinds)[number];

/** What is left meanwhile: owners read and export, or nobody does anything and the keys are off. */
export const suspensionAccesses = ["read-only", "closed"] as const;
export type SuspensionAccess = (typeof suspensionAccesses)[number];

/** `usual` is what an operator is offered first: where somebody may be doing harm, nothing is left open. */
export const suspensionPresentation: Record<SuspensionKind, { label: string; toOwners: string; usual: SuspensionAccess }> = {
  "non-payment": { label: "Non-payment", toOwners: "A payment is outstanding.", usual: "read-only" },
  abuse: { label: "Abuse", toOwners: "We are looking into whether it is used as the terms of use allow.", usual: "closed" },
  security: { label: "Security", toOwners: "We did this to protect what is stored in it.", usual: "closed" },
  "on-request": { label: "On request", toOwners: "Your organization asked for this.", usual: "read-only" },
};

export const suspensionAccessPresentation: Record<SuspensionAccess, { label: string; detail: string }> = {
  "read-only": {
    label: "Owners read",
    detail: "Owners still read and export. Nobody changes anything; everybody else and every API key is refused. Keys stay on.",
  },
  closed: {
    label: "Nobody",
    detail: "Everybody is refused, owners too. The encryption keys are switched off, which ends what was given out before.",
  },
};

export function isSuspensionKind(value: unknown): value is SuspensionKind {
  return suspensionKinds.some((kind) => kind === value);
}

interface Suspendable {
  state: string;
  suspendedAccess?: SuspensionAccess | null;
}

/** Whether a suspension keeps everybody out. One of which nothing is known does. */
export function isClosedBySuspension({ state, suspendedAccess }: Suspendable): boolean {
  return state === "SUSPENDED" && suspendedAccess !== "read-only";
}

/** What anybody is answered with whom a suspension keeps out; beside it the reason code `tenant-suspended`. */
export const suspendedMessage = "The workspace is suspended. An owner can contact support.";
