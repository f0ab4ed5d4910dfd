import { createServer } from "node:http";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { createLogger } from "@leasehold/tenancy/logger";
import { writeWire } from "@leasehold/tenancy/payloads/codec-server/wire";
import { createPayloadCodec } from "@leasehold/tenancy/payloads/create-payload-codec";
import { listen } from "@leasehold/tenancy/web/listen";
import { createDecodeHandler } from "@leasehold/worker/payloads/answer-decode";
import type { ConsoleEnv } from "../../../apps/console/src/env.ts";
import { answerDecode } from "../../../apps/console/src/server/payloads/answer-decode.ts";
import { createRequestBudget } from "../../../apps/console/src/server/payloads/request-budget.ts";
import { byRole } from "./callers.ts";
import type { Case } from "./case.ts";
import type { MatrixWorld } from "./matrix-world.ts";

export const codecPath = "/api/codec/decode";

/** A payload of our tenant's run, as the Temporal UI asks for it. */
export async function codecCases(world: MatrixWorld): Promise<Case[]> {
  const codec = createPayloadCodec({ keys: world.application.world.payloadKeys, unreadable: "fail" });
  const plain = { metadata: { encoding: Buffer.from("json/plain") }, data: Buffer.from('"of a run"') };
  const body = writeWire(await codec.encode([plain], { workflowId: `t:${world.ours.tenantId}:export:1` }));
  const request = { input: { method: "POST", path: codecPath, body } };
  const read = { expect: "ok", changes: ["control.audit"], audit: "payloads.read", seesBoth: true };
  return byRole(world, "payloads:read").map(({ caller, expect }) => ({
    what: `as ${caller.name}`,
    caller,
    ...request,
    ...(expect === "ok" ? read : { expect }),
  }));
}

/** The console's route over its own sign-in and role, with the worker's handler behind it. */
export async function callCodec(world: MatrixWorld, headers: Headers, body: string): Promise<Response> {
  const { stack, payloadKeys, pool } = world.application.world;
  const env = stackEnv(stack, "console") as unknown as ConsoleEnv;
  const logger = createLogger({ name: "test", level: "silent" });
  const { d: _private, ...consoleKey } = stack.secrets.consoleTokenKey;
  const worker = await listen(createServer(createDecodeHandler({ keys: payloadKeys, consoleKey, logger })), { host: "127.0.0.1", port: 0 });
  try {
    const origin = new URL(env.TEMPORAL_UI_URL).origin;
    headers.set("origin", origin);
    return await answerDecode(new Request(`${env.CONSOLE_URL}${codecPath}`, { method: "POST", headers, body }), {
      settings: {
        origins: [origin],
        payloadsUrl: `http://127.0.0.1:${worker.port}/payloads/decode`,
        tokenKey: stack.secrets.consoleTokenKey,
      },
      pool: pool("control", "operator"),
      operatorOf: world.operatorOf,
      budget: createRequestBudget(),
      logger,
    });
  } finally {
    await worker.stop();
  }
}
