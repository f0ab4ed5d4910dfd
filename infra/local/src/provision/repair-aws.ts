import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { LocalError } from "../local-error.ts";
import { withLock } from "../processes/lock.ts";
import { emulatorUrlOf } from "../servers/aws.ts";
import { readStack } from "../stack.ts";
import { pathsIn, type RunConfig } from "../supervision/files.ts";
import { provisionAws } from "./aws.ts";
import { checkKeys } from "./check-keys.ts";

const tries = 10;
const betweenMs = 1_000;

/**
 * Makes the emulator whole after a death that nobody asked for. Whoever provisions this run at the moment is waited for; where nobody
 * has, there is nothing to repair. Other servers may be on their way back too, so it is tried for some seconds.
 * @throws {LocalError} KEY_LOST, naming the tenants; SERVER_DIED when the running processes' access keys are gone.
 */
export async function repairAws(config: RunConfig, instance: string, isEnding: () => boolean): Promise<void> {
  await withLock(pathsIn(config.dataDir).lock, async () => {
    for (let left = tries; !isEnding(); left -= 1) {
      try {
        return await repairOnce(config, instance);
      } catch (error) {
        if (error instanceof LocalError || left <= 1) throw error;
      }
      await sleep(betweenMs);
    }
  });
}

async function repairOnce(config: RunConfig, instance: string): Promise<void> {
  const stack = readStack(config.dataDir);
  if (stack?.instance !== instance) return;
  const aws = await provisionAws(config.dataDir, emulatorUrlOf(config), config.region, stack.mail.from);
  await checkKeys(stack);
  if (isDeepStrictEqual([aws.application, aws.worker], [stack.aws.application, stack.aws.worker])) return;
  throw new LocalError(
    "SERVER_DIED",
    "The AWS emulator was killed before it had ever saved its state, and with it went the access keys that the apps run with. No tenant's key is lost.",
    "Start again with `pnpm dev`: it makes new ones.",
  );
}
