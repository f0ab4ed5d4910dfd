import { env } from "../../../env.ts";

export const dynamic = "force-dynamic";

/** The public half of the key that signs tokens for the application plane. */
export function GET(): Response {
  const { d: _private, ...jwk } = env().PORTAL_TOKEN_PRIVATE_JWK;
  return Response.json({ keys: [{ ...jwk, alg: "EdDSA", use: "sig" }] }, { headers: { "cache-control": "public, max-age=60" } });
}
