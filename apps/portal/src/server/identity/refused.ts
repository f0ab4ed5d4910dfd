import type { DomainError } from "@leasehold/domain/errors";
import { APIError } from "better-auth/api";

/** One answer for every way in which the library refuses a request; its faults stay faults. */
export async function refused<T>(answer: DomainError, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof APIError && error.statusCode < 500) throw answer;
    throw error;
  }
}
