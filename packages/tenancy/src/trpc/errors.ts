import type { DomainErrorCode } from "@leasehold/domain/errors";
import type { TRPCDefaultErrorShape, TRPCError } from "@trpc/server";
import { domainErrorOf, toTRPCError } from "./to-trpc-error.ts";

/** What a client learns of an error, in `error.data`. `domainCode` is null for a fault; `requestId` finds its cause in the log. */
export interface ErrorData {
  domainCode: DomainErrorCode | null;
  reason: string | null;
  field: string | null;
  retryAfterSeconds: number | null;
  requestId: string | null;
}

export type ErrorShape = TRPCDefaultErrorShape & { data: ErrorData };

/** For `initTRPC.create({ errorFormatter })`. Messages of faults, and stacks, are for the log only. */
export function formatTRPCError(options: {
  shape: TRPCDefaultErrorShape;
  error: TRPCError;
  ctx?: { requestId: string } | undefined;
}): ErrorShape {
  const { shape, error, ctx } = options;
  const domain = domainErrorOf(error);
  const requestId = ctx?.requestId ?? null;
  const { stack: _stack, ...data } = shape.data;
  return {
    ...shape,
    message: domain?.message ?? genericMessage(error, requestId),
    data: {
      ...data,
      domainCode: domain?.code ?? null,
      reason: domain?.reason ?? null,
      field: domain?.field ?? null,
      retryAfterSeconds: domain?.retryAfterSeconds ?? null,
      requestId,
    },
  };
}

/** For one middleware under every procedure: a thrown DomainError answers with its own code and not with 500. */
export function mapDomainError<Result extends { ok: boolean; error?: TRPCError }>(result: Result): Result {
  return result.ok || result.error === undefined ? result : { ...result, error: toTRPCError(result.error) };
}

function genericMessage(error: TRPCError, requestId: string | null): string {
  if (error.code === "NOT_FOUND") return "There is no such procedure.";
  if (error.code !== "INTERNAL_SERVER_ERROR") return "The request is not valid.";
  const what = "This did not work, and the fault is on our side. Try again in a moment.";
  return requestId === null ? what : `${what} Reference: ${requestId}.`;
}
