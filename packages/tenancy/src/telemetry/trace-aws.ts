import { SpanKind } from "@opentelemetry/api";
import { inSpan } from "./in-span.ts";

/** What the SDK's clients have in common and their types leave to each. */
interface AwsClient {
  middlewareStack: { add(middleware: unknown, options: { step: "initialize"; name: string; override: boolean }): void };
}

interface HandlerContext {
  clientName?: string;
  commandName?: string;
}

/** Calls of the client run in spans of their own, `KMS Decrypt`: its names, never a key, a bucket or a parameter. */
export function traceAws<C extends object>(client: C): C {
  const middleware = (next: (args: unknown) => Promise<unknown>, { clientName = "AWS", commandName = "call" }: HandlerContext) => {
    const service = clientName.replace(/Client$/, "");
    const method = commandName.replace(/Command$/, "");
    const options = { kind: SpanKind.CLIENT, attributes: { "rpc.system": "aws-api", "rpc.service": service, "rpc.method": method } };
    return (args: unknown) => inSpan(`${service} ${method}`, options, () => next(args));
  };
  (client as AwsClient).middlewareStack.add(middleware, { step: "initialize", name: "leaseholdSpan", override: true });
  return client;
}
