import { parseArgs } from "node:util";
import { bringUp } from "./bring-up.ts";
import { portsFrom } from "./choose-ports.ts";
import { readSettings, serversAreComing } from "./env.ts";
import { findTurbo } from "./find-owner.ts";
import { printError } from "./local-error.ts";
import { chooseDataDir } from "./paths.ts";
import { chooseFreePorts } from "./ports.ts";
import { refOf } from "./processes/process-ref.ts";
import { createProgress } from "./progress.ts";
import { seedOperators } from "./provision/seed-operators.ts";
import { readStack } from "./stack.ts";
import { findRunning } from "./supervision/start-supervisor.ts";

/*
 * Brings the servers up, provisioned, and ends; a supervisor keeps them.
 *
 *   node infra/local/src/up.ts --memory --free-ports --dir /tmp/x --owner $$ --json
 *
 * prints the whole stack (addresses, URLs, keys) as JSON on stdout. The servers end when the owner does: the process that
 * --owner names, else the turbo above, else `pnpm stop`. With a --dir of their own and --free-ports, several run at once.
 */
const { values } = parseArgs({
  options: {
    memory: { type: "boolean", default: false },
    "free-ports": { type: "boolean", default: false },
    "port-offset": { type: "string" },
    dir: { type: "string" },
    owner: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

try {
  if (serversAreComing()) process.exit();
  const read = readSettings();
  const offset = Number(values["port-offset"] ?? read.LEASEHOLD_PORT_OFFSET);
  const settings = { ...read, LEASEHOLD_PORT_OFFSET: offset, LEASEHOLD_DATA_DIR: values.dir ?? read.LEASEHOLD_DATA_DIR };
  const ref = values.owner === undefined ? findTurbo() : refOf(Number(values.owner));
  const dataDir = chooseDataDir(settings.LEASEHOLD_DATA_DIR);
  const found = findRunning(dataDir) === undefined ? undefined : readStack(dataDir)?.ports;
  const ports = values["free-ports"] ? (found ?? (await chooseFreePorts())) : portsFrom(settings);
  const progress = createProgress();
  const owner = ref === undefined ? undefined : { owner: ref };
  const stack = await bringUp({ settings, ports, memory: values.memory, owner, progress });
  if (!values.memory) await progress.step("Operator", () => seedOperators(stack));
  if (values.json) console.log(JSON.stringify(stack, null, 2));
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
