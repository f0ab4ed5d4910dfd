import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { testEnv } from "../support/env.ts";

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

/** Cases that are made up differ with the commit, and are the same for it. A whole number below 2³¹. */
export function seedOf(commit: string): number {
  return createHash("sha256").update(commit).digest().readUInt32BE(4) >>> 1;
}

/** About `size` of the cases, by the commit: every case is in the sample of one commit in every `cases.length / size`. */
export function chooseSample<T>(cases: readonly T[], size: number, commit: string): T[] {
  const groups = Math.max(1, Math.ceil(cases.length / size));
  const group = createHash("sha256").update(commit).digest().readUInt32BE(0) % groups;
  return cases.filter((_, index) => index % groups === group);
}

/** Whether only a part of the long suites is taken, by the commit. */
export function takesPart(): boolean {
  return testEnv().LEASEHOLD_TEST_SHARE > 1;
}

/** Every case; where `LEASEHOLD_TEST_SHARE` is 2, half of them by the commit, and so on. */
export function chooseShare<T>(cases: readonly T[]): T[] {
  return chooseSample(cases, Math.ceil(cases.length / testEnv().LEASEHOLD_TEST_SHARE), readCommit());
}
