import { readSettings } from "./env.ts";
import { printError } from "./local-error.ts";
import { chooseDataDir } from "./paths.ts";
import { stopServers } from "./supervision/stop-servers.ts";

try {
  const dataDir = chooseDataDir(readSettings().LEASEHOLD_DATA_DIR);
  const outcome = await stopServers(dataDir);
  console.log(outcome === "stopped" ? `Stopped; the data is kept in ${dataDir}.` : "Nothing was running.");
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
