import { publishedKeys } from "../../../server/certificates/published.ts";
import { services } from "../../../server/services.ts";

export const dynamic = "force-dynamic";

/** The public keys that certificates are verified with; old ones stay in the list. */
export async function GET(): Promise<Response> {
  return Response.json(await publishedKeys(services()), { headers: { "cache-control": "public, max-age=60" } });
}
