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
/** A server that answered for this long is well: its next death is counted as the first. */
const wellAfterMs = 60_000;
const restartsAllowed = 5;

interface Hooks {
  onProcess(ref: ProcessRef): void;
  /** The server keeps dying, or cannot be started. */
  onGiveUp(error: unknown): void;
  onRestart(): void;
  /** The server died unasked, and answers again. */
  onComeBack(): void;
}

/** Runs one server, and starts it again when it dies: up to five times in a row. */
export class SupervisedServer {
  readonly spec: ServerSpec;
  readonly #dataDir: string;
  readonly #hooks: Hooks;
  #process: ProcessRef | undefined;
  #stopping = false;
  #deaths = 0;
  #readySince: number | undefined;

  constructor(spec: ServerSpec, dataDir: string, hooks: Hooks) {
    this.spec = spec;
    this.#dataDir = dataDir;
    this.#hooks = hooks;
  }

  /** @throws {LocalError} SERVER_DIED with the last lines of its log. */
  async start(): Promise<void> {
    this.#readySince = undefined;
    await this.spec.prepare();
    if (this.#stopping) return;
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
      this.#readySince = Date.now();
      if (child.exitCode !== null || child.signalCode !== null) void this.#comeBack();
      else child.once("exit", () => void this.#comeBack());
      return;
    }
    if (this.#stopping) return;
    if (this.#process !== undefined) await stopProcess(this.#process, this.spec.stopSignal, 5_000);
    throw this.#died("did not come up", spawnError);
  }

  #died(how: string, spawnError = ""): LocalError {
    const { name } = this.spec;
    return new LocalError(
      "SERVER_DIED",
      `${name} ${how}. Its last words:\n${spawnError}${tailLog(this.#dataDir, name)}`,
      `Read ${join(pathsIn(this.#dataDir).logs, `${name}.log`)}; start over with \`pnpm reset\` when its data is damaged.`,
    );
  }

  async #becomesReady(child: ChildProcess): Promise<boolean> {
    const end = Date.now() + (this.spec.readyTimeoutMs ?? readyTimeoutMs);
    while (Date.now() < end && !this.#stopping) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false;
      if (await this.spec.isReady()) return true;
      await sleep(40);
    }
    return false;
  }

  async #comeBack(): Promise<void> {
    if (this.#readySince !== undefined && Date.now() - this.#readySince >= wellAfterMs) this.#deaths = 0;
    let last = this.#died(`died ${this.#deaths + 1} times in a row`);
    while (!this.#stopping) {
      this.#deaths += 1;
      if (this.#deaths > restartsAllowed) return this.#hooks.onGiveUp(last);
      this.#hooks.onRestart();
      await sleep(100 * this.#deaths);
      if (this.#stopping) return;
      try {
        await this.start();
        if (!this.#stopping) this.#hooks.onComeBack();
        return;
      } catch (error) {
        if (!(error instanceof LocalError)) return this.#hooks.onGiveUp(error);
        last = error;
      }
    }
  }

  /** Asks it to stop and waits until its state is saved. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#process !== undefined) await stopProcess(this.#process, this.spec.stopSignal, this.spec.stopTimeoutMs);
  }
}
