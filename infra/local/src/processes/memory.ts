import { execFileSync } from "node:child_process";

/** Resident bytes of a process and all its descendants; memory that they share counts once for each. */
export function memoryOf(pid: number): number {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number]);
  const sum = (id: number): number => {
    const own = table.find(([candidate]) => candidate === id)?.[2] ?? 0;
    return own * 1_024 + table.filter(([, parent]) => parent === id).reduce((total, [child]) => total + sum(child), 0);
  };
  return sum(pid);
}
