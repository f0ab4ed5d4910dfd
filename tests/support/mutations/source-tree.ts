import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { type CodeMutation, findMutationSite } from "./code-mutations.ts";

/** A copy of the checkout in which code is changed; gone when it is disposed of. */
export interface SourceTree extends Disposable {
  root: string;
  /** Changes the code for as long as `work` lasts. Throws unless the text stands in its file exactly once. */
  withMutation<T>(mutation: CodeMutation, work: () => Promise<T>): Promise<T>;
}

const leftOut = /^(\.git|\.turbo|node_modules|test-results)$|(^|\/)\.next$/;

/** Workspace packages are linked relative to one another, so the copy's code imports the copy; other packages are the checkout's. */
export function copySourceTree(): SourceTree {
  const root = mkdtempSync(join(tmpdir(), "mutations-"));
  cpSync(repositoryRoot, root, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !leftOut.test(relative(repositoryRoot, path)),
  });
  symlinkSync(join(repositoryRoot, "node_modules"), join(root, "node_modules"));
  return {
    root,
    async withMutation(mutation, work) {
      if (findMutationSite(mutation, root) !== 1)
        throw new Error(`${mutation.id}: its text does not stand in ${mutation.file} exactly once`);
      const path = join(root, mutation.file);
      const original = readFileSync(path, "utf8");
      const at = mutation.at ?? original.indexOf(mutation.text);
      writeFileSync(path, original.slice(0, at) + mutation.replacement + original.slice(at + mutation.text.length));
      try {
        return await work();
      } finally {
        writeFileSync(path, original);
      }
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
