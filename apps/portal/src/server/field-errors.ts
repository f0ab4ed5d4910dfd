import { DomainError, isDomainError } from "@leasehold/domain/errors";

export interface FieldProblem {
  field: string;
  /** What is wrong and how to put it right. */
  message: string;
  reason: string;
}

/** VALIDATION of a form in which more than one field may be wrong; as an error of one field it is the first one's. */
export class FieldErrors extends DomainError {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    super("VALIDATION", problems[0]?.message ?? "The form is not valid.", { field: problems[0]?.field, reason: problems[0]?.reason });
    this.problems = problems;
  }
}

/** Messages by field, for the answer; null where one field says it all. */
export function fieldMessages(error: unknown): Record<string, string> | null {
  if (!isDomainError(error) || !("problems" in error)) return null;
  return Object.fromEntries((error as FieldErrors).problems.map(({ field, message }) => [field, message]));
}
