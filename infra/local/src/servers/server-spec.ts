import type { ServerName } from "../supervision/files.ts";

/** How one server is run, known to be up, and stopped. */
export interface ServerSpec {
  name: ServerName;
  /** Creates what the server needs before its first start. */
  prepare(): Promise<void>;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  uid?: number;
  gid?: number;
  /** What its command line always contains: tells it from a stranger with a reused pid. */
  mark: string;
  isReady(): Promise<boolean>;
  /** How long a start may take; default: a minute. */
  readyTimeoutMs?: number;
  stopSignal: NodeJS.Signals;
  stopTimeoutMs: number;
}
