import { createHash, randomUUID } from "node:crypto";
import { isId } from "@leasehold/domain/ids";
import { importJWK, type JWK, jwtVerify, SignJWT } from "jose";

const issuer = "leasehold:console";
const audience = "leasehold:payloads";
const lifetimeSeconds = 15;
const clockSkewSeconds = 5;

const hashOf = (body: string) => createHash("sha256").update(body).digest("base64url");

/** The console's word for one request of one operator: it opens that body and no other, for seconds. The key is an Ed25519 private JWK. */
export async function signDecodeToken(privateJwk: JWK, operatorId: string, body: string): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ body_sha256: hashOf(body) })
    .setProtectedHeader({ alg: "EdDSA", typ: "JWT", ...(privateJwk.kid === undefined ? {} : { kid: privateJwk.kid }) })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(operatorId)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeSeconds)
    .sign(await importJWK(privateJwk, "EdDSA"));
}

/** Who asks, when the token is the console's, is fresh and is for this body; undefined otherwise. */
export async function verifyDecodeToken(publicJwk: JWK, authorization: string | undefined, body: string): Promise<string | undefined> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? "")?.[1];
  if (token === undefined) return undefined;
  try {
    const { payload } = await jwtVerify(token, await importJWK(publicJwk, "EdDSA"), {
      issuer,
      audience,
      algorithms: ["EdDSA"],
      requiredClaims: ["exp", "iat", "sub"],
      maxTokenAge: lifetimeSeconds,
      clockTolerance: clockSkewSeconds,
    });
    return payload.body_sha256 === hashOf(body) && isId("operator", payload.sub) ? payload.sub : undefined;
  } catch {
    return undefined;
  }
}
