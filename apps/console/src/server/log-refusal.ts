import type { Logger } from "@leasehold/tenancy/logger";
import { domainErrorOf } from "@leasehold/tenancy/trpc/to-trpc-error";
import type { TRPCError } from "@trpc/server";
import { namedTenant } from "./named-tenant.ts";

export interface Refused {
  error: TRPCError;
  path: string | undefined;
  input?: unknown;
  ctx: { requestId: string; operator: { operatorId: string } | undefined } | undefined;
}

/** The line of a procedure that gave no answer: what was refused to whom about which tenant, by its code; a fault with its cause. */
export function logRefusal(logger: Pick<Logger, "info" | "error">, { error, path, input, ctx }: Refused): void {
  const line = {
    tenantId: namedTenant(input),
    operation: path ?? null,
    requestId: ctx?.requestId ?? null,
    actor: ctx?.operator === undefined ? null : `operator:${ctx.operator.operatorId}`,
  };
  const refusal = domainErrorOf(error);
  if (refusal !== undefined) logger.info({ ...line, code: refusal.code, reason: refusal.reason }, "refused");
  else if (error.code === "INTERNAL_SERVER_ERROR") logger.error({ ...line, err: error }, "a procedure failed");
}
