import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { operatorOf } from "../../../../server/identity/auth.ts";
import { logRefusal } from "../../../../server/log-refusal.ts";
import { logger } from "../../../../server/logger.ts";
import { requestContext } from "../../../../server/request-context.ts";
import { consoleRouter } from "../../../../server/router.ts";

export const dynamic = "force-dynamic";

function handler(request: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: consoleRouter,
    createContext: async () => requestContext(await operatorOf(request.headers), request.headers),
    onError: (refused) => logRefusal(logger(), refused),
    responseMeta: () => ({ headers: { "cache-control": "no-store" } }),
  });
}

export { handler as GET, handler as POST };
