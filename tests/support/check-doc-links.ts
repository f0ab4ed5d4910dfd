import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Every relative link, heading anchor and back-quoted repository path in the Markdown files must lead somewhere. */
const root = fileURLToPath(new URL("../../", import.meta.url));
const topLevel = /^(apps|workflows|activities|db|infra|packages|tests|docs|\.ci)\//;

function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.matchAll(/^#{1,6}\s+(.+)$/gm);
  return new Set(
    [...headings].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/\s/g, "-"),
    ),
  );
}

function problemsOf(file: string): string[] {
  const text = readFileSync(resolve(root, file), "utf8");
  const prose = text.replace(/```[\s\S]*?```/g, "");
  const problems: string[] = [];
  for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = "", anchor] = target.split("#");
    const destination = path === "" ? resolve(root, file) : resolve(root, dirname(file), path);
    if (!existsSync(destination)) problems.push(`${file}: ${target} does not exist`);
    else if (anchor && destination.endsWith(".md") && !anchorsOf(readFileSync(destination, "utf8")).has(anchor))
      problems.push(`${file}: ${target} names no heading`);
  }
  // A guide may have its reader make a file: the block that says what is in it names it.
  const made = new Set([...text.matchAll(/^```\w+ file=(.+?)(?: (?:after|replace)=.*)?$/gm)].map(([, path]) => path));
  for (const [, path = ""] of prose.matchAll(/`([^`\s]+)`/g)) {
    if (topLevel.test(path) && !made.has(path) && !/[*{}<>…$]/.test(path) && !existsSync(resolve(root, path)))
      problems.push(`${file}: \`${path}\` does not exist`);
  }
  return problems;
}

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((file) => file && existsSync(resolve(root, file)));
const problems = files.flatMap(problemsOf);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
