import { newId } from "@leasehold/domain/ids";
import type { Logger } from "@leasehold/tenancy/logger";
import { observeRoute } from "@leasehold/tenancy/telemetry/observe-route";
import type { createAuth } from "./create-auth.ts";
import { servedOperation } from "./served-routes.ts";

/** The library's answer on the routes that are served; 404 on all others. Each has a log line with its outcome. */
export function handleIdentityRequest(
  auth: ReturnType<typeof createAuth>,
  request: Request,
  logger: Pick<Logger, "info">,
): Promise<Response> {
  const served = servedOperation(request);
  return observeRoute({ requestId: newId("request"), operation: served ?? "identity.unknown", logger }, async () =>
    served === undefined ? Response.json({ message: "There is no such page." }, { status: 404 }) : auth.handler(request),
  );
}
