import { newId } from "@leasehold/domain/ids";
import { type BodyRequest, forwardBody } from "../../../../../server/application/forward-body.ts";

export const dynamic = "force-dynamic";

async function handler(request: Request, { params }: { params: Promise<BodyRequest> }): Promise<Response> {
  return forwardBody(request, await params, newId("request"));
}

export { handler as GET, handler as PUT };
