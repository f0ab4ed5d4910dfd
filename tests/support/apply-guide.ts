import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { repositoryRoot } from "@leasehold/infra/local/paths";

interface Block {
  file: string;
  place: "whole" | "after" | "replace";
  /** A part of exactly one line, of which the block goes below or in the place. */
  anchor: string;
  text: string;
}

/** The blocks of a guide that name a file, in order. */
export function readBlocks(markdown: string): Block[] {
  const fences = markdown.matchAll(/^```\w+ file=(.+?)(?: (after|replace)=(.*))?\n([\s\S]*?)^```$/gm);
  return [...fences].map(([, file = "", place = "whole", anchor = "", text = ""]) => ({
    file,
    place: place as Block["place"],
    anchor,
    text,
  }));
}

/** Throws when an anchor is not in exactly one line, or a file that is to be new is there already. */
export function applyBlock(root: string, { file, place, anchor, text }: Block): void {
  const path = join(root, file);
  if (place === "whole") {
    if (existsSync(path)) throw new Error(`the guide makes ${file}, which exists`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  const lines = readFileSync(path, "utf8").split("\n");
  const found = lines.flatMap((line, index) => (line.includes(anchor) ? [index] : []));
  const [at = -1] = found;
  if (found.length !== 1)
    throw new Error(`the guide expects one line of ${file} with ${JSON.stringify(anchor)}; there are ${found.length}`);
  lines.splice(place === "after" ? at + 1 : at, place === "after" ? 0 : 1, ...text.trimEnd().split("\n"));
  writeFileSync(path, lines.join("\n"));
}

/** A copy of the working tree without what was built, with the same installed packages. */
export function copyTree(): { root: string } & Disposable {
  const root = mkdtempSync(join(tmpdir(), "leasehold-guide-"));
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: repositoryRoot });
  const files = list.toString().split("\0").filter(Boolean);
  for (const file of files) if (existsSync(join(repositoryRoot, file))) cpSync(join(repositoryRoot, file), join(root, file));
  symlinkSync(join(repositoryRoot, "node_modules"), join(root, "node_modules"));
  for (const file of files.filter((name) => name.endsWith("/package.json"))) {
    const modules = join(dirname(file), "node_modules");
    if (existsSync(join(repositoryRoot, modules)))
      cpSync(join(repositoryRoot, modules), join(root, modules), { recursive: true, verbatimSymlinks: true });
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}
