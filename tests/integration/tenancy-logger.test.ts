import { Writable } from "node:stream";
import { DomainError, type DomainErrorCode, errorTable } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { contextLogger, createLogger } from "@leasehold/tenancy/logger";
import { formatTRPCError } from "@leasehold/tenancy/trpc/errors";
import { toTRPCError } from "@leasehold/tenancy/trpc/to-trpc-error";
import { expect, it } from "vitest";

function capture() {
  let output = "";
  const destination = new Writable({
    write(chunk, _encoding, done) {
      output += String(chunk);
      done();
    },
  });
  return { logger: createLogger({ name: "test", level: "trace", destination }), lines: () => output };
}

it("writes tenant, request, actor and operation on every line", () => {
  const { logger, lines } = capture();
  const context = { tenantId: newId("tenant"), actor: { type: "user", userId: "usr_1" } as const, requestId: "req_1" };
  contextLogger(logger, context, "documents.rename").info("done");
  expect(JSON.parse(lines())).toMatchObject({
    tenantId: context.tenantId,
    requestId: "req_1",
    actor: "user:usr_1",
    operation: "documents.rename",
  });
});

it("cuts secrets and content out, wherever they are handed in", () => {
  const { logger, lines } = capture();
  const secret = "s3cr3t-value";
  logger.info({
    token: secret,
    request: { authorization: secret, headers: { cookie: secret } },
    credentials: { secretAccessKey: secret },
    body: secret,
  });
  const failure = Object.assign(new Error(`duplicate key (name)=(${secret})`), {
    severity: "ERROR",
    routine: "_bt_check_unique",
    code: "23505",
    detail: secret,
  });
  logger.error({ err: new Error("outer", { cause: failure }) });
  logger.error({ err: new Error(`Failed query: select 1\nparams: ${secret}`) });
  expect(lines()).not.toContain(secret);
  expect(lines()).toContain("23505");
});

const shapeOf = (error: ReturnType<typeof toTRPCError>) =>
  formatTRPCError({
    error,
    ctx: { requestId: "req_9" },
    shape: { message: error.message, code: -32603, data: { code: error.code, httpStatus: 500, stack: "secret" } },
  });

it.each(Object.keys(errorTable) as DomainErrorCode[])("answers %s with its own code, reason and message", (code) => {
  const error = toTRPCError(new DomainError(code, "What to do.", { reason: "why", field: "name", retryAfterSeconds: 3 }));
  expect(error.code).toBe(errorTable[code].trpc);
  expect(shapeOf(error)).toMatchObject({
    message: "What to do.",
    data: { domainCode: code, reason: "why", field: "name", retryAfterSeconds: 3, requestId: "req_9" },
  });
});

it("tells nobody what a fault was", () => {
  const shape = shapeOf(toTRPCError(new Error("password is hunter2")));
  expect(JSON.stringify(shape)).not.toMatch(/hunter2|stack/);
  expect(shape.message).toContain("req_9");
});
