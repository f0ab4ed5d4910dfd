import { STATUS_CODES } from "node:http";
import { type DomainError, errorTable } from "@leasehold/domain/errors";
import { z } from "zod";

export const problemType = "application/problem+json";

/** An error as RFC 9457 has it. `code` and `reason` are for programs, `detail` for people. */
export const problemSchema = z.object({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.enum([...(Object.keys(errorTable) as (keyof typeof errorTable)[]), "INTERNAL"]),
  reason: z.string().nullable().describe("Finer than the code, and stable."),
  requestId: z.string().describe("Finds the request in our logs."),
  retryAfter: z.number().nullable().describe("Seconds after which a retry can succeed."),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).describe("The input's fields that are at fault."),
});
export type Problem = z.infer<typeof problemSchema>;

/** The answer to a refusal; undefined is a fault, of which nothing is told. `fields` are all that is wrong, when more is known. */
export function describeProblem(refusal: DomainError | undefined, requestId: string, fields: Problem["errors"] = []): Problem {
  const status = refusal === undefined ? 500 : errorTable[refusal.code].http;
  const detail = refusal?.message ?? `Something went wrong. Reference: ${requestId}.`;
  const named = refusal?.field === undefined ? [] : [{ field: refusal.field, message: detail }];
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
    code: refusal?.code ?? "INTERNAL",
    reason: refusal?.reason ?? null,
    requestId,
    retryAfter: refusal?.retryAfterSeconds ?? null,
    errors: fields.length > 0 ? fields : named,
  };
}
