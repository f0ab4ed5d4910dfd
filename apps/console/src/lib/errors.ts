import type { ErrorData } from "@leasehold/tenancy/trpc/errors";

function dataOf(error: unknown): Partial<ErrorData> {
  return (error as { data?: Partial<ErrorData> } | null)?.data ?? {};
}

/** What a failed request says to a person. */
export function errorMessage(error: unknown): string {
  if (!dataOf(error).requestId) return "The console cannot be reached.";
  return error instanceof Error ? error.message : "The request failed.";
}

export function requestIdOf(error: unknown): string | undefined {
  return dataOf(error).requestId ?? undefined;
}

/** The field that an error is about, as the request named it. */
export function fieldOf(error: unknown): string | undefined {
  return dataOf(error).field ?? undefined;
}

export function reasonOf(error: unknown): string | undefined {
  return dataOf(error).reason ?? undefined;
}
