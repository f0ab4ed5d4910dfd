import { DomainError, errorTable, isDomainError } from "@leasehold/domain/errors";
import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";

/** A DomainError as tRPC's; anything else stays what it is, and is shown to nobody. */
export function toTRPCError(error: unknown): TRPCError {
  if (error instanceof TRPCError) return isDomainError(error.cause) ? toTRPCError(error.cause) : error;
  if (!isDomainError(error))
    return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "This did not work, and the fault is on our side.", cause: error });
  return new TRPCError({ code: errorTable[error.code].trpc, message: error.message, cause: error });
}

/** The DomainError inside a tRPC error: its cause, or an input that did not validate. Undefined for a fault. */
export function domainErrorOf(error: TRPCError): DomainError | undefined {
  if (isDomainError(error.cause)) return error.cause;
  if (error.code === "BAD_REQUEST" && error.cause instanceof ZodError) return invalidInput(error.cause);
  return undefined;
}

function invalidInput(error: ZodError): DomainError {
  const first = error.issues[0];
  const field = first?.path.join(".") || undefined;
  return new DomainError("VALIDATION", first === undefined ? "The input is not valid." : `${field ?? "Input"}: ${first.message}`, {
    field,
  });
}
