import { env } from "../../../env.ts";

export const dynamic = "force-dynamic";

/** The public half of the key that signs tokens for the application plane, member by member: nothing else of it is published. */
export function GET(): Response {
  const key = env().PORTAL_TOKEN_PRIVATE_JWK;
  const { kty, crv, x, kid } = key;
  const published = key.kty === "EC" ? { kty, crv, x, y: key.y, kid, alg: "ES256" } : { kty, crv, x, kid, alg: "EdDSA" };
  return Response.json({ keys: [{ ...published, use: "sig" }] }, { headers: { "cache-control": "public, max-age=60" } });
}
