import { DomainError } from "@leasehold/domain/errors";
import { ApplicationFailure } from "@temporalio/common";
import { describe, expect, test } from "vitest";
import { toApplicationFailure } from "./to-application-failure.ts";

const serviceError = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error("User: arn:aws:iam::1:user/ada@example.org is not authorized"), { name, $metadata: { httpStatusCode } });

describe("what the workflow is told", () => {
  test.each([
    ["a refusal of ours", new DomainError("PRECONDITION_FAILED", "The pool is full."), "PRECONDITION_FAILED", true],
    ["a dependency that is away", new DomainError("UNAVAILABLE", "Try again."), "UNAVAILABLE", false],
    ["AWS refusing", serviceError("AccessDeniedException", 400), "PRECONDITION_FAILED", true],
    ["AWS throttling", serviceError("ThrottlingException", 400), "UNAVAILABLE", false],
    ["AWS failing", serviceError("InternalFailure", 500), "UNAVAILABLE", false],
    ["AWS not answering", serviceError("TimeoutError"), "UNAVAILABLE", false],
    ["a connection that broke", Object.assign(new Error("read"), { code: "ECONNRESET" }), "UNAVAILABLE", false],
    ["a fault", new TypeError("x is undefined for ada@example.org"), "INTERNAL", false],
  ])("of %s", (_name, error, type, nonRetryable) => {
    const failure = toApplicationFailure(error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type, nonRetryable });
    expect(failure.message).not.toContain("@");
    expect(failure.cause).toBeUndefined();
  });
});
