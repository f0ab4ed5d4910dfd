/** Bounds of an API key, for server and interface. */
export const apiKeyBounds = {
  nameLength: 60,
  /** Days from making to expiry; the choices that the portal offers. */
  lifetimeDays: [30, 90, 180, 365],
  longestDays: 365,
  /** Keys of one tenant that are neither revoked nor expired. */
  live: 50,
} as const;
