import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { z } from "zod";

const common = { kid: z.string().min(1), x: z.string().min(1), d: z.never().optional() };
const publicKey = z.union([
  z.looseObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), ...common }),
  z.looseObject({ kty: z.literal("EC"), crv: z.literal("P-256"), y: z.string().min(1), ...common }),
]);

/** One issuer with its own keys: inline, or at an address. Keys of one issuer never verify another's tokens. */
export const tokenIssuerSchema = z.union([
  z.strictObject({ issuer: z.string().min(1), jwksUri: z.url({ protocol: /^https?$/ }) }),
  z.strictObject({ issuer: z.string().min(1), jwks: z.object({ keys: z.array(publicKey).min(1) }) }),
]);
export type TokenIssuer = z.infer<typeof tokenIssuerSchema>;

/** The value of TOKEN_ISSUERS: a JSON array with at least one issuer, none of them twice. */
export const tokenIssuersSchema = z
  .array(tokenIssuerSchema)
  .min(1)
  .refine((issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length, "an issuer is listed twice");

/**
 * Milliseconds: how long a fetched key set is used, which with the 5 s that a verified token is remembered bounds the trust in a
 * withdrawn key to a minute; how soon an unknown key id may fetch again; and how long a fetch may take.
 */
const remote = { cacheMaxAge: 55_000, cooldownDuration: 5_000, timeoutDuration: 2_000 };
/** After a fetch that failed, how long none is tried. */
const failureMs = 1_000;

/**
 * The keys of one issuer. A remote set is fetched on first use, every minute, and when a token names a key that it lacks: not more
 * often than every 5 s whatever tokens come, nor every second while the issuer does not answer.
 */
export function keysOf(issuer: TokenIssuer): JWTVerifyGetKey {
  if ("jwks" in issuer) return createLocalJWKSet(issuer.jwks as JSONWebKeySet);
  const keys = createRemoteJWKSet(new URL(issuer.jwksUri), remote);
  let failure: { error: unknown; until: number } | undefined;
  return async (header, token) => {
    if (failure !== undefined && Date.now() < failure.until) throw failure.error;
    try {
      return await keys(header, token);
    } catch (error) {
      const answered = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
      failure = answered ? undefined : { error, until: Date.now() + failureMs };
      throw error;
    }
  };
}
