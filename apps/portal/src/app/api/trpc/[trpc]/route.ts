import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createContext } from "../../../../server/context.ts";
import { portalRouter } from "../../../../server/routers/root.ts";
import { services } from "../../../../server/services.ts";

export const dynamic = "force-dynamic";

function handler(request: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: portalRouter,
    createContext: ({ resHeaders }) => createContext(services(), request.headers, resHeaders),
    responseMeta: () => ({ headers: { "cache-control": "no-store" } }),
  });
}

export { handler as GET, handler as POST };
