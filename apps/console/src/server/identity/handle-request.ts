import type { createAuth } from "./create-auth.ts";
import { isServed } from "./served-routes.ts";

/** The library's answer on the routes that are served; 404 on all others. */
export async function handleIdentityRequest(auth: ReturnType<typeof createAuth>, request: Request): Promise<Response> {
  return isServed(request) ? auth.handler(request) : Response.json({ message: "There is no such page." }, { status: 404 });
}
