/** How somebody proved once more who they are before what cannot be undone. */
export const confirmations = ["fresh-sign-in", "password", "second-factor"] as const;
export type ConfirmedBy = (typeof confirmations)[number];

const proofs: Record<ConfirmedBy, string> = {
  "fresh-sign-in": "having signed in within the five minutes before",
  password: "and entered their password again",
  "second-factor": "and gave a code of their second factor",
};

/** How the wish to close a workspace was confirmed, in words: what was recorded, and no more. */
export function describeConfirmation({ byOperator, confirmedBy }: { byOperator: boolean; confirmedBy: ConfirmedBy | null }): string {
  if (byOperator) return "An operator typed the workspace's address and gave a reason; another operator approved.";
  const typed = "An owner typed the workspace's address";
  return confirmedBy === null ? `${typed}.` : `${typed}, ${proofs[confirmedBy]}.`;
}
