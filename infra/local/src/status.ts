import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { portsFrom } from "./choose-ports.ts";
import { readSettings } from "./env.ts";
import { printError } from "./local-error.ts";
import { chooseDataDir } from "./paths.ts";
import { appPorts, portTable } from "./ports.ts";
import { memoryOf } from "./processes/memory.ts";
import { describePortHolder } from "./processes/port-holder.ts";
import { formatBytes } from "./progress.ts";
import { readStack } from "./stack.ts";
import { findRunning } from "./supervision/start-supervisor.ts";

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

function report(): void {
  const settings = readSettings();
  const dataDir = chooseDataDir(settings.LEASEHOLD_DATA_DIR);
  const running = findRunning(dataDir);
  if (running === undefined) {
    console.log(`Nothing runs. Data folder: ${dataDir}`);
    return;
  }
  const ports = readStack(dataDir)?.ports ?? portsFrom(settings);
  const rows: [string, string, number | undefined][] = [["supervisor", "", running.supervisor.pid]];
  for (const [name, ref] of Object.entries(running.servers))
    rows.push([name, String(ports[name as keyof typeof running.servers]), ref.pid]);
  for (const name of appPorts) {
    const pid = /\(pid (\d+)\)$/.exec(describePortHolder(ports[name]) ?? "")?.[1];
    rows.push([portTable[name].label, String(ports[name]), pid === undefined ? undefined : Number(pid)]);
  }
  console.log(`Supervisor is ${running.phase}; servers started again after dying: ${running.restarts}\n`);
  for (const [name, port, pid] of rows) {
    const memory = pid === undefined ? "" : formatBytes(memoryOf(pid));
    console.log(`  ${name.padEnd(24)} ${port.padStart(6)}  ${pid === undefined ? "not running" : `pid ${pid}`.padEnd(12)} ${memory}`);
  }
  const total = rows.reduce((sum, [, , pid]) => sum + (pid === undefined ? 0 : memoryOf(pid)), 0);
  console.log(`\n  Memory of these with their children: ${formatBytes(total)}\n  Data: ${formatBytes(sizeOf(dataDir))} in ${dataDir}`);
}

try {
  report();
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
