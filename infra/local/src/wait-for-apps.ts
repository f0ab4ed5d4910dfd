import { setTimeout as sleep } from "node:timers/promises";
import { LocalError } from "./local-error.ts";
import type { Progress } from "./progress.ts";
import type { Stack } from "./stack.ts";
import { appUrl } from "./stack-env.ts";

const timeoutMs = 300_000;

/** The pages and checks that must answer, each app's in turn: the first request to a page compiles it. */
function addressesOf(stack: Stack): Record<string, string[]> {
  return {
    "Application plane": [`${appUrl(stack, "application")}/healthz`],
    Worker: [`http://127.0.0.1:${stack.ports.workerHealth}/healthz`],
    Portal: [`${appUrl(stack, "portal")}/`],
    Console: [`${appUrl(stack, "console")}/sign-in`],
  };
}

/** Resolves when every app truly answers. `signal` ends the wait. @throws {LocalError} SERVER_DIED after five minutes. */
export async function waitForApps(stack: Stack, progress: Progress, signal: AbortSignal): Promise<void> {
  const waits = Object.entries(addressesOf(stack)).map(([label, urls]) =>
    progress.step(label, async () => {
      for (const url of urls) await waitFor(url, signal);
    }),
  );
  await Promise.all(waits);
}

async function waitFor(url: string, signal: AbortSignal): Promise<void> {
  let last = "no answer";
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(150, undefined, { signal })) {
    try {
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(120_000)]) });
      await response.arrayBuffer();
      if (response.ok) return;
      last = `status ${response.status}`;
    } catch {
      signal.throwIfAborted();
    }
  }
  throw new LocalError("SERVER_DIED", `${url} does not answer as it should (${last}).`, "Read the app's log lines above.");
}
