import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { repositoryRoot } from "@leasehold/infra/local/paths";

/** The commit that is tested; a checkout without git has none. */
export function readCommit(): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      cwd: repositoryRoot,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "no commit";
  }
}

/** About `size` of the cases, by the commit: every case is in the sample of one commit in every `cases.length / size`. */
export function chooseSample<T>(cases: readonly T[], size: number, commit: string): T[] {
  const groups = Math.max(1, Math.ceil(cases.length / size));
  const group = createHash("sha256").update(commit).digest().readUInt32BE(0) % groups;
  return cases.filter((_, index) => index % groups === group);
}
