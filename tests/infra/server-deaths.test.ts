import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, type ProcessRef } from "@leasehold/infra/local/processes/process-ref";
import type { ServerSpec } from "@leasehold/infra/local/servers/server-spec";
import { SupervisedServer } from "@leasehold/infra/local/supervision/supervised-server";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leasehold-deaths-"));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** A process that is supervised as the servers are. */
function supervise(script: string, change: Partial<ServerSpec>) {
  const spec: ServerSpec = {
    name: "temporal",
    command: process.execPath,
    args: ["-e", script],
    env: process.env,
    cwd: dataDir,
    mark: script,
    stopSignal: "SIGTERM",
    stopTimeoutMs: 1_000,
    isReady: async () => true,
    prepare: async () => undefined,
    ...change,
  };
  const seen: ProcessRef[] = [];
  const hooks = { onProcess: (ref: ProcessRef) => seen.push(ref), onGiveUp: vi.fn(), onRestart: vi.fn(), onComeBack: vi.fn() };
  return { server: new SupervisedServer(spec, dataDir, hooks), seen, hooks };
}

describe("a server that does not stay up", () => {
  test("is given up when it keeps dying after it answered, with its last log lines", async () => {
    const { server, seen, hooks } = supervise("console.error('out of disk'); setTimeout(() => process.exit(1), 100)", {});
    await server.start();
    await vi.waitFor(() => expect(hooks.onGiveUp).toHaveBeenCalled(), { timeout: 15_000, interval: 50 });
    expect(hooks.onGiveUp.mock.calls).toEqual([
      [
        expect.objectContaining({
          code: "SERVER_DIED",
          message: expect.stringMatching(/temporal died .*out of disk/s),
          remedy: expect.stringContaining("temporal.log"),
        }),
      ],
    ]);
    expect(hooks.onRestart).toHaveBeenCalledTimes(5);
    expect(seen.filter(isAlive)).toEqual([]);
  });

  test("leaves no process behind when it is not ready in time", async () => {
    const { server, seen } = supervise("console.error('still recovering'); setInterval(() => {}, 1000)", {
      isReady: async () => false,
      readyTimeoutMs: 500,
    });
    await expect(server.start()).rejects.toMatchObject({
      code: "SERVER_DIED",
      message: expect.stringMatching(/did not come up.*still recovering/s),
    });
    expect(seen).toHaveLength(1);
    expect(seen.filter(isAlive)).toEqual([]);
  });

  test("is not started any more once it is to stop", async () => {
    const { server, seen } = supervise("setInterval(() => {}, 1000)", {
      prepare: () => new Promise((resolve) => setTimeout(resolve, 200)),
    });
    const starting = server.start();
    await server.stop();
    await starting;
    expect(seen).toEqual([]);
  });
});
