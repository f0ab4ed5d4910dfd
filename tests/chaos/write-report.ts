import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import type { CaseResult } from "./run-cases.ts";

export interface Part {
  title: string;
  /** How the part was run, in a sentence. */
  how: string;
  results: CaseResult[];
}

/** What a report is about. */
export interface Subject {
  /** As in the report's file. */
  name: string;
  title: string;
  command: string;
  /** What a case that has held says, in lines of Markdown. */
  promise: readonly string[];
}

export interface Report {
  subject: Subject;
  day: string;
  commit: string;
  machine: { cores: number; memoryGib: number; loadBefore: number; loadAfter: number };
  seconds: number;
  parts: Part[];
}

/** Writes the dated report. @returns its path in the repository */
export function writeReport(report: Report): string {
  const path = `docs/proof/${report.day}-${report.subject.name}.md`;
  mkdirSync(join(repositoryRoot, "docs/proof"), { recursive: true });
  writeFileSync(join(repositoryRoot, path), render(report));
  return path;
}

function render({ subject, day, commit, machine, seconds, parts }: Report): string {
  const results = parts.flatMap((part) => part.results);
  const failed = results.filter(({ failure }) => failure !== undefined);
  const lines = [
    `# ${subject.title}, ${day}`,
    "",
    `\`${subject.command}\` at commit ${commit.slice(0, 12)}: ${results.length} cases, ${results.length - failed.length} held, ${failed.length} failed, in ${seconds} s.`,
    "",
    `Machine: ${machine.cores} cores, ${machine.memoryGib} GiB; load ${machine.loadBefore} before, ${machine.loadAfter} after.`,
    "Real Temporal, Postgres and AWS emulator; faults are injected from outside of the processes, by proxies and signals.",
    "",
    ...subject.promise,
    "",
    "| part | cases | held | p50 ms | longest ms |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...parts.map(({ title, results: own }) => {
      const sorted = own.map(({ ms }) => ms).toSorted((a, b) => a - b);
      const held = own.filter(({ failure }) => failure === undefined).length;
      return `| ${title} | ${own.length} | ${held} | ${sorted[Math.floor(sorted.length / 2)] ?? 0} | ${sorted.at(-1) ?? 0} |`;
    }),
  ];
  for (const { title, how, results: own } of parts) {
    lines.push("", `## ${title}`, "", how, "", "| case | outcome | ms |", "| --- | --- | ---: |");
    const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
    for (const { id, outcome, failure, ms } of own.toSorted((a, b) => a.id.localeCompare(b.id))) {
      lines.push(`| ${cell(id)} | ${failure === undefined ? cell(outcome) : `**FAILED** ${cell(failure)}`} | ${ms} |`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The machine as a report names it; the load before it began is handed in. */
export function machineNow(loadBefore: number): Report["machine"] {
  return {
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    loadBefore: Number(loadBefore.toFixed(2)),
    loadAfter: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}
