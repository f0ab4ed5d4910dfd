const timestamps = { createdAt: "created_at", updatedAt: "updated_at" } as const;

/** What better-auth's fields are called in our tables, the same in each schema of identities but for the `person` they belong to. */
export function identityColumns<Person extends string>(person: Person) {
  return {
    user: { emailVerified: "email_verified", ...timestamps },
    session: { userId: person, expiresAt: "expires_at", ipAddress: "ip_address", userAgent: "user_agent", ...timestamps },
    account: {
      userId: person,
      accountId: "account_id",
      providerId: "provider_id",
      accessToken: "access_token",
      refreshToken: "refresh_token",
      idToken: "id_token",
      accessTokenExpiresAt: "access_token_expires_at",
      refreshTokenExpiresAt: "refresh_token_expires_at",
      ...timestamps,
    },
    verification: { expiresAt: "expires_at", ...timestamps },
  };
}
