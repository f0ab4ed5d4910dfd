import { existsSync, rmSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { readSettings } from "./env.ts";
import { LocalError, printError } from "./local-error.ts";
import { chooseDataDir } from "./paths.ts";
import { pathsIn } from "./supervision/files.ts";
import { stopServers } from "./supervision/stop-servers.ts";

async function confirm(question: string): Promise<boolean> {
  if (process.argv.includes("--yes")) return true;
  if (!process.stdin.isTTY)
    throw new LocalError("SETTING_INVALID", "Nobody is there to ask.", "Run `pnpm reset --yes` to delete without a question.");
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await lines.question(question);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function reset(): Promise<void> {
  const dataDir = chooseDataDir(readSettings().LEASEHOLD_DATA_DIR);
  if (!existsSync(dataDir)) {
    console.log("There is no local data.");
    return;
  }
  if (!existsSync(pathsIn(dataDir).format)) {
    throw new LocalError(
      "DATA_VERSION",
      `${dataDir} was not made by this project; it is left alone.`,
      "Check LEASEHOLD_DATA_DIR, or delete the folder yourself.",
    );
  }
  if (!(await confirm(`Delete all local data in ${dataDir}: tenants, documents, keys, workflows? [y/N] `))) {
    console.log("Nothing was deleted.");
    return;
  }
  await stopServers(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
  console.log(`Deleted ${dataDir}.`);
}

try {
  await reset();
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
