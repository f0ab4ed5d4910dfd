import { nameTaken } from "@leasehold/db/application/documents/document-row";
import { isDomainError } from "@leasehold/domain/errors";

/** A broken unique index has the name of a partition; what it means for the caller is that the name is taken. */
export async function refuseTakenName<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw isDomainError(error) && error.code === "CONFLICT" && error.field === undefined ? nameTaken() : error;
  });
}
