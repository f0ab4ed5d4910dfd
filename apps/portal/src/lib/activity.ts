/** Audit rows that the overview reads, to show some of them. */
export const activityRead = 40;
