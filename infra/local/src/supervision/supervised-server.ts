import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalError } from "../local-error.ts";
import { type ProcessRef, refOf } from "../processes/process-ref.ts";
import { stopProcess } from "../processes/stop-process.ts";
import type { ServerSpec } from "../servers/server-spec.ts";
import { pathsIn, tailLog } from "./files.ts";

const readyTimeoutMs = 60_000;
const restartWindowMs = 60_000;
const restartsAllowed = 5;

interface Hooks {
  onProcess(ref: ProcessRef): void;
  /** The server died and did not come back. */
  onGiveUp(error: LocalError): void;
  onRestart(): void;
}

/** Runs one server, and starts it again when it dies. */
export class SupervisedServer {
  readonly spec: ServerSpec;
  readonly #dataDir: string;
  readonly #hooks: Hooks;
  #process: ProcessRef | undefined;
  #stopping = false;
  #deaths: number[] = [];

  constructor(spec: ServerSpec, dataDir: string, hooks: Hooks) {
    this.spec = spec;
    this.#dataDir = dataDir;
    this.#hooks = hooks;
  }

  /** @throws {LocalError} SERVER_DIED with the last lines of its log. */
  async start(): Promise<void> {
    await this.spec.prepare();
    const logs = pathsIn(this.#dataDir).logs;
    mkdirSync(logs, { recursive: true });
    const log = openSync(join(logs, `${this.spec.name}.log`), "a", 0o600);
    const { command, args, env, cwd, uid, gid } = this.spec;
    const child = spawn(command, args, { env, cwd, uid, gid, stdio: ["ignore", log, log], detached: true });
    closeSync(log);
    let spawnError = "";
    child.once("error", (error) => {
      spawnError = `${error.message}\n`;
    });
    this.#process = child.pid === undefined ? undefined : refOf(child.pid);
    if (this.#process !== undefined) this.#hooks.onProcess(this.#process);
    if (await this.#becomesReady(child)) {
      if (child.exitCode !== null || child.signalCode !== null) void this.#comeBack();
      else child.once("exit", () => void this.#comeBack());
      return;
    }
    if (this.#stopping) return;
    throw new LocalError(
      "SERVER_DIED",
      `${this.spec.name} did not come up. Its last words:\n${spawnError}${tailLog(this.#dataDir, this.spec.name)}`,
      `Read ${join(logs, `${this.spec.name}.log`)}; start over with \`pnpm reset\` when its data is damaged.`,
    );
  }

  async #becomesReady(child: ChildProcess): Promise<boolean> {
    const end = Date.now() + readyTimeoutMs;
    while (Date.now() < end && !this.#stopping) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false;
      if (await this.spec.isReady()) return true;
      await sleep(40);
    }
    return false;
  }

  async #comeBack(): Promise<void> {
    if (this.#stopping) return;
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < restartWindowMs), now];
    this.#hooks.onRestart();
    await sleep(100 * this.#deaths.length);
    if (this.#stopping) return;
    try {
      await this.start();
    } catch (error) {
      if (!(error instanceof LocalError)) throw error;
      if (this.#deaths.length >= restartsAllowed) this.#hooks.onGiveUp(error);
      else await this.#comeBack();
    }
  }

  /** Asks it to stop and waits until its state is saved. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#process !== undefined) await stopProcess(this.#process, this.spec.stopSignal, this.spec.stopTimeoutMs);
  }
}
