import { mkdirSync } from "node:fs";
import { connect } from "node:http2";
import { join } from "node:path";
import { inheritedEnv } from "../env.ts";
import type { RunConfig } from "../supervision/files.ts";
import type { ServerSpec } from "./server-spec.ts";

export const searchAttributes = ["TenantId", "Plan", "Operation", "Status"] as const;

/** The development server has one history shard, read 20 times a second by default: a burst would wait 50 ms a task. */
const fastQueues = ["transfer", "timer", "visibility"].map((queue) => `history.${queue}ProcessorMaxPollRPS=2000`);

export function temporalServer(config: RunConfig): ServerSpec {
  const folder = join(config.dataDir, "temporal");
  const { temporal, temporalUiServer } = config.ports;
  const codec = `http://localhost:${config.ports.console}/api/codec`;
  const ui = config.pages
    ? ["--ui-port", String(temporalUiServer), "--ui-disable-news-fetch", "--ui-codec-endpoint", codec]
    : ["--headless"];
  const file = config.memory ? [] : ["--db-filename", join(folder, "temporal.db")];
  const namespace = config.namespace === "default" ? [] : ["--namespace", config.namespace];
  return {
    name: "temporal",
    command: config.programs.temporal,
    args: [
      ...["server", "start-dev", "--ip", "127.0.0.1", "--port", String(temporal), ...ui, ...file, ...namespace],
      ...["--log-level", "warn", "--disable-config-file", "--disable-config-env"],
      ...searchAttributes.flatMap((name) => ["--search-attribute", `${name}=Keyword`]),
      ...fastQueues.flatMap((value) => ["--dynamic-config-value", value]),
    ],
    env: { ...inheritedEnv(), HOME: folder },
    cwd: folder,
    mark: `--port ${temporal}`,
    stopSignal: "SIGTERM",
    stopTimeoutMs: 20_000,
    isReady: () => isServing(temporal),
    async prepare() {
      mkdirSync(folder, { recursive: true });
    },
  };
}

/** gRPC's own health check of the frontend. */
function isServing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const answer = (value: boolean) => {
      session.destroy();
      resolve(value);
    };
    session.setTimeout(2_000, () => answer(false));
    session.once("error", () => answer(false));
    const service = Buffer.from("temporal.api.workflowservice.v1.WorkflowService");
    const message = Buffer.concat([Buffer.from([0x0a, service.length]), service]);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    const call = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/grpc",
      te: "trailers",
    });
    const chunks: Buffer[] = [];
    call.on("data", (chunk: Buffer) => chunks.push(chunk));
    call.once("error", () => answer(false));
    call.once("end", () =>
      answer(
        Buffer.concat(chunks)
          .subarray(5)
          .equals(Buffer.from([0x08, 0x01])),
      ),
    );
    call.end(Buffer.concat([head, message]));
  });
}
