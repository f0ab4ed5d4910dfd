import type { Logger } from "@leasehold/tenancy/logger";
import { operationAttribute, planAttribute, statusAttribute, tenantIdAttribute } from "@leasehold/workflows/operations/contract";
import type { NativeConnection } from "@temporalio/worker";
import { untilItWorks } from "../backoff.ts";
import type { WorkerEnv } from "../env.ts";

const needed = [tenantIdAttribute, planAttribute, operationAttribute, statusAttribute].map(({ name }) => name);
/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const keyword = 2;

/** gRPC's PERMISSION_DENIED, UNIMPLEMENTED and UNAUTHENTICATED: who may not list them cannot look, and may run all the same. */
const refusals = [7, 12, 16];

/**
 * Looks whether the namespace has the search attributes that every run is started with: without them Temporal refuses each start.
 * Waits for a Temporal that is away. @throws Error naming the missing ones and the commands that make them.
 */
export async function requireSearchAttributes(
  connection: NativeConnection,
  { TEMPORAL_NAMESPACE: namespace, TEMPORAL_ADDRESS: address }: Pick<WorkerEnv, "TEMPORAL_NAMESPACE" | "TEMPORAL_ADDRESS">,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  const list = () => connection.operatorService.listSearchAttributes({ namespace });
  const found = await untilItWorks(
    () =>
      list().catch((error: unknown) => {
        if (!refusals.includes(Number((error as { code?: number }).code))) throw error;
        logger.warn({ err: error, namespace }, "cannot look for search attributes; runs are refused when they are missing");
      }),
    signal,
    (error) => logger.warn({ err: error, namespace }, "Temporal does not tell its search attributes; trying again"),
  );
  if (found === undefined) return;
  const missing = needed.filter((name) => found.customAttributes?.[name] !== keyword);
  if (missing.length > 0) throw new Error(describeMissing(missing, namespace, address));
}

function describeMissing(missing: string[], namespace: string, address: string): string {
  const names = missing.map((name) => `--name ${name} --type Keyword`).join(" ");
  const cloud = missing.map((name) => `--search-attribute "${name}=Keyword"`).join(" ");
  return [
    `The Temporal namespace ${namespace} lacks the search attributes ${missing.join(", ")}, and would refuse every run. Make them, then start again:`,
    `  temporal operator search-attribute create --address ${address} --namespace ${namespace} ${names}`,
    `or in Temporal Cloud: tcld namespace search-attributes add --namespace ${namespace} ${cloud}`,
  ].join("\n");
}
