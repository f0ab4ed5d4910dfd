import { auth } from "../../../../server/identity/auth.ts";
import { handleIdentityRequest } from "../../../../server/identity/handle-request.ts";
import { logger } from "../../../../server/logger.ts";

export const dynamic = "force-dynamic";

const handler = (request: Request): Promise<Response> => handleIdentityRequest(auth(), request, logger());

export { handler as GET, handler as POST };
