/** The longest that a process keeps an opened key, in milliseconds; then the keyring and KMS are asked again. */
export const leaseMs = 30_000;

/** From then on, after the last wrapped copy of a key is gone, no process holds it any more: the longest lease and a second. */
export const leasesOverMs: number = leaseMs + 1_000;
