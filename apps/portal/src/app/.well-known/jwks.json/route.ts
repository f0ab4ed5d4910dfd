import { env } from "../../../env.ts";

export const dynamic = "force-dynamic";

/** The public half of the key that signs tokens for the application plane, member by member: nothing else of it is published. */
export function GET(): Response {
  const { kty, crv, x, kid } = env().PORTAL_TOKEN_PRIVATE_JWK;
  return Response.json({ keys: [{ kty, crv, x, kid, alg: "EdDSA", use: "sig" }] }, { headers: { "cache-control": "public, max-age=60" } });
}
