import { createHash } from "node:crypto";
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = resolve(fileURLToPath(import.meta.url), "../../../..");

export const isRoot = process.getuid?.() === 0;

/** True when every folder on the way, and the folder itself, may be entered by anyone. */
export function isOpenToAll(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const mode = statSync(folder, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Where data is kept: the setting, the checkout, or (root only) a folder that Postgres's unprivileged user can reach. */
export function chooseDataDir(setting: string | undefined): string {
  if (setting !== undefined) return resolve(repositoryRoot, setting);
  if (!isRoot || isOpenToAll(repositoryRoot)) return join(repositoryRoot, ".leasehold");
  const id = createHash("sha256").update(repositoryRoot).digest("hex").slice(0, 12);
  return `/var/lib/leasehold/${id}`;
}

/** The folder for downloads that clones share. */
export function chooseCacheDir(setting: string | undefined, xdgCacheHome: string | undefined): string {
  if (setting !== undefined) return resolve(repositoryRoot, setting);
  const own = xdgCacheHome ?? (process.platform === "darwin" ? join(homedir(), "Library/Caches") : join(homedir(), ".cache"));
  return isRoot && !isOpenToAll(own) ? "/var/cache/leasehold" : join(own, "leasehold");
}

/** Makes a folder that Postgres's unprivileged user can pass through. */
export function makeOpenDir(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  accessSync(path, constants.W_OK);
}
