import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { operatorOf } from "../../../../server/identity/auth.ts";
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
    onError({ error, path, ctx }) {
      if (error.code === "INTERNAL_SERVER_ERROR") logger().error({ err: error, path, requestId: ctx?.requestId }, "a procedure failed");
    },
    responseMeta: () => ({ headers: { "cache-control": "no-store" } }),
  });
}

export { handler as GET, handler as POST };
