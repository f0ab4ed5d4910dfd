import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { z } from "zod";

const publicKey = z.looseObject({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  kid: z.string().min(1),
  x: z.string().min(1),
  d: z.never().optional(),
});

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

/** How long a fetched key set is used, how soon an unknown key id may fetch again, and how long a fetch may take. */
const remote = { cacheMaxAge: 600_000, cooldownDuration: 5_000, timeoutDuration: 2_000 };

/** The keys of one issuer. A remote set is fetched on first use and again when a token names a key that it lacks. */
export function keysOf(issuer: TokenIssuer): JWTVerifyGetKey {
  if ("jwks" in issuer) return createLocalJWKSet(issuer.jwks as JSONWebKeySet);
  return createRemoteJWKSet(new URL(issuer.jwksUri), remote);
}
