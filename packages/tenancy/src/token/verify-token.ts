import { hash } from "node:crypto";
import { DomainError } from "@leasehold/domain/errors";
import { decodeJwt, decodeProtectedHeader, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { ExpiringCache } from "../cache/expiring-cache.ts";
import { tokenAlgorithms, tokenAudience, type VerifiedToken } from "./claims.ts";
import { keysOf, type TokenIssuer } from "./issuers.ts";
import { readClaims, refuseToken } from "./read-claims.ts";

export interface TokenVerifier {
  /**
   * Takes the whole Authorization header. Throws UNAUTHENTICATED with a TokenRefusal as reason, or UNAVAILABLE when the
   * issuer's keys cannot be fetched.
   */
  verify(authorization: string | undefined): Promise<VerifiedToken>;
}

/** Verified tokens that are remembered, by their hashes, and for how long: with the age of a key set at most a minute. */
const maxRemembered = 10_000;
const rememberedMs = 5_000;

/**
 * Verifies tokens of the listed issuers, each by its own keys alone: algorithm, audience, times, one tenant, roles or scope. What
 * was verified holds for five seconds, and never longer than the token.
 */
export function createTokenVerifier(issuers: readonly TokenIssuer[], audience: string = tokenAudience): TokenVerifier {
  const keysByIssuer = new Map<string, JWTVerifyGetKey>(issuers.map((issuer) => [issuer.issuer, keysOf(issuer)]));
  const verified = new ExpiringCache<VerifiedToken>({
    maxEntries: maxRemembered,
    freshUntil: ({ expiresAt }) => Math.min(expiresAt * 1_000, Date.now() + rememberedMs),
  });

  async function verifyAnew(token: string): Promise<VerifiedToken> {
    const issuer = claimedIssuer(token);
    const keys = keysByIssuer.get(issuer);
    if (keys === undefined) throw refuseToken("token-issuer-unknown", "The token's issuer is not trusted here.");
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: tokenAlgorithms, requiredClaims: ["exp", "iat"] });
      return readClaims(payload);
    } catch (error) {
      throw refusalOf(error);
    }
  }

  return {
    async verify(authorization) {
      const token = bearer(authorization);
      return verified.get(hash("sha256", token, "base64"), () => verifyAnew(token));
    },
  };
}

/** The token of an Authorization header. Throws UNAUTHENTICATED. */
export function bearer(authorization: string | undefined): string {
  if (authorization === undefined || authorization === "") throw refuseToken("token-missing", "Send a token: Authorization: Bearer ….");
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization)?.[1];
  if (token === undefined) throw refuseToken("token-malformed");
  return token;
}

function claimedIssuer(token: string): string {
  try {
    if (!tokenAlgorithms.includes(decodeProtectedHeader(token).alg ?? "")) throw refuseToken("token-algorithm");
    return decodeJwt(token).iss ?? "";
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw refuseToken("token-malformed", undefined, error);
  }
}

function refusalOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof errors.JWTExpired) return refuseToken("token-expired", undefined, error);
  if (error instanceof errors.JWTClaimValidationFailed) return refuseToken(claimRefusal(error.claim), undefined, error);
  if (error instanceof errors.JOSEAlgNotAllowed) return refuseToken("token-algorithm", undefined, error);
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return refuseToken("token-signature", undefined, error);
  }
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return refuseToken("token-malformed", undefined, error);
  return new DomainError("UNAVAILABLE", "Sign-in cannot be checked right now. Try again shortly.", {
    reason: "token-keys-unavailable",
    retryAfterSeconds: 2,
    cause: error,
  });
}

function claimRefusal(claim: string) {
  if (claim === "aud") return "token-audience";
  if (claim === "nbf") return "token-not-yet-valid";
  return "token-malformed";
}
