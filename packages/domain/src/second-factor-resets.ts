/** How long a wish to take a second factor away waits for its second operator, in days; then it is void. */
export const resetWaitDays = 7;

/**
 * What became of such a wish. `left`: the person left the tenant first. `removed` and `none` are the portal's answers; `none` says that there
 * was no second factor.
 */
export type ResetState = "waiting" | "approved" | "removed" | "none" | "rejected" | "expired" | "left";
