import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isRoot } from "@leasehold/infra/local/paths";
import { type Browser, chromium } from "playwright";
import { testEnv } from "./env.ts";

const remedy =
  "Set LEASEHOLD_CHROMIUM to a Chromium, install the system's (Debian: apt-get install chromium), or run: npx playwright install chromium";
const usual = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser that the tests use: the setting, the system's, Playwright's own; undefined when there is none. */
export function findBrowser(): string | undefined {
  return [testEnv().LEASEHOLD_CHROMIUM, ...usual, chromium.executablePath()].find((path) => path !== undefined && existsSync(path));
}

const debian: [string, string[]][] = [
  ["apt-get", ["update", "-qq"]],
  ["apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]],
];
const playwright: [string, string[]][] = [
  [process.execPath, [fileURLToPath(new URL("../node_modules/playwright/cli.js", import.meta.url)), "install", "chromium"]],
];

/** Gets a browser where there is none: from Debian's packages as root, otherwise, or where those have none, from Playwright. */
export function installBrowser(): string | undefined {
  for (const way of isRoot && existsSync("/usr/bin/apt-get") ? [debian, playwright] : [playwright]) {
    if (runs(way)) {
      const found = findBrowser();
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function runs(commands: [string, string[]][]): boolean {
  return commands.every(
    ([command, args]) =>
      spawnSync(command, args, {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
        timeout: 600_000,
      }).status === 0,
  );
}

/** @throws Error with the remedy when there is none: browser tests fail then, they are never left out. */
export function assertBrowser(path: string | undefined): string {
  if (path === undefined) throw new Error(`There is no browser for the tests. ${remedy}.`);
  return path;
}

/** Starts the browser. @throws see `assertBrowser`. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = assertBrowser(findBrowser());
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run"];
  return chromium.launch({ executablePath, args: isRoot ? ["--no-sandbox", ...quiet] : quiet });
}
