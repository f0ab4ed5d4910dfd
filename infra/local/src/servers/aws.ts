import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { inheritedEnv } from "../env.ts";
import type { RunConfig } from "../supervision/files.ts";
import type { ServerSpec } from "./server-spec.ts";

/** The emulator's root credentials; it listens on the loopback interface only. */
export const emulatorRoot = { accessKeyId: "test", secretAccessKey: "test" };
export const emulatorAccount = "000000000000";

export function emulatorUrlOf(config: Pick<RunConfig, "ports">): string {
  return `http://127.0.0.1:${config.ports.aws}`;
}

/** It saves its state, keys included, on SIGTERM only. */
export function awsServer(config: RunConfig): ServerSpec {
  const folder = join(config.dataDir, "aws");
  const temporary = join(folder, "tmp");
  return {
    name: "aws",
    command: config.programs.python,
    args: ["-m", "ministack"],
    env: {
      ...inheritedEnv(),
      PYTHONPATH: config.programs.packages,
      BIND_HOST: "127.0.0.1",
      IOT_MTLS_ENABLED: "0",
      GATEWAY_PORT: String(config.ports.aws),
      AUTH: "true",
      PERSIST_STATE: "1",
      STATE_DIR: join(folder, "state"),
      S3_PERSIST: "1",
      S3_DATA_DIR: join(folder, "objects"),
      MINISTACK_REGION: config.region,
      LOG_LEVEL: "WARNING",
      TMPDIR: temporary,
    },
    cwd: folder,
    mark: "-m ministack",
    stopSignal: "SIGTERM",
    stopTimeoutMs: 30_000,
    isReady: () => isHealthy(`${emulatorUrlOf(config)}/_ministack/health`),
    async prepare() {
      for (const path of [temporary, join(folder, "state"), join(folder, "objects")]) mkdirSync(path, { recursive: true });
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
