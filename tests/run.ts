import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { wholeEnv } from "@leasehold/infra/local/env";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { findBrowser, installBrowser } from "./support/browser.ts";

// `pnpm test [-- files or options of vitest]`: real servers of its own, then every test. Its last line is `N passed, N failed`.
// Named by process, so that runs side by side do not read each other's.
const results = join(repositoryRoot, `test-results/vitest-${process.pid}.json`);

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** A file that fails as a whole, as when it cannot be loaded, counts as one failure. */
function countOf({ numPassedTests, numFailedTests, testResults }: Report): { passed: number; failed: number } {
  const brokenFiles = testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return { passed: numPassedTests, failed: numFailedTests + brokenFiles.length };
}

function runVitest(args: string[]): Promise<number> {
  const program = join(import.meta.dirname, "node_modules/vitest/vitest.mjs");
  const options = [
    "run",
    "--config",
    join(import.meta.dirname, "vitest.config.ts"),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
  ];
  const child = spawn(process.execPath, [program, ...options, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
    cwd: repositoryRoot,
    env: wholeEnv(),
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

const args = process.argv.slice(2).filter((argument) => argument !== "--");
const files = args.filter((argument) => !argument.startsWith("-"));
const wantsBrowser = files.length === 0 || files.some((file) => file.includes("e2e"));
if (wantsBrowser && findBrowser() === undefined) {
  console.error("There is no browser for the browser tests; getting one.");
  installBrowser();
}
mkdirSync(join(repositoryRoot, "test-results"), { recursive: true });
const code = await runVitest(args);
const report = existsSync(results) ? (JSON.parse(readFileSync(results, "utf8")) as Report) : undefined;
rmSync(results, { force: true });
const { passed, failed } = report === undefined ? { passed: 0, failed: 0 } : countOf(report);
const leftOut = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
if (leftOut > 0) console.error(`${leftOut} tests were left out.`);
if (passed + failed === 0) console.error("No test ran.");
const failures = failed === 0 && (code !== 0 || passed === 0) ? 1 : failed;
process.exitCode = failures === 0 ? 0 : 1;
console.log(`${passed} passed, ${failures} failed`);
