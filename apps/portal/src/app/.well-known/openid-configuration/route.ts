import { env } from "../../../env.ts";

export const dynamic = "force-dynamic";

/** Where STS finds the keys of our tokens, in deployments that let it trust this issuer (OpenID Connect Discovery 1.0). */
export function GET(): Response {
  const { PORTAL_URL: issuer, PORTAL_TOKEN_PRIVATE_JWK: key } = env();
  const configuration = {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: [key.kty === "EC" ? "ES256" : "EdDSA"],
  };
  return Response.json(configuration, { headers: { "cache-control": "public, max-age=60" } });
}
