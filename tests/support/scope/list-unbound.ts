import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { offboardingStores } from "@leasehold/domain/offboarding/stores";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { loadModule } from "libpg-query";
import { findUnbound } from "./find-unbound.ts";
import { listBuiltStatements, tablesOf } from "./find-unbound-builders.ts";
import { listStatements } from "./sql-statements.ts";
import { unboundStatements } from "./unbound-statements.ts";

const folders = ["apps", "activities", "db/src", "packages"];
/** In the registry of stores, and of no tenant any more. */
const pseudonymous = "control.usage_totals";
/** Every table whose rows are a tenant's; the registry is held against the databases' catalogues. */
export const tablesOfTenants: ReadonlySet<string> = new Set(
  offboardingStores.map(({ store }) => store).filter((store) => store.includes(".") && store !== pseudonymous),
);

export interface BoundStatements {
  /** `file:line: …`: what names no tenant for a table's rows, and is not explained; exemptions that nothing needs. */
  problems: string[];
  /** Statements, and comparisons that bind a table's rows to a tenant. */
  statements: number;
  comparisons: number;
  /** Comparisons that can be left out with nothing noticed. */
  unnoticed: string[];
}

/** Looks through every statement that the repository writes out in SQL, or has drizzle's builder make. */
export async function listUnbound(): Promise<BoundStatements> {
  await loadModule();
  const files = folders
    .flatMap((folder) => sourcesIn(folder))
    .toSorted()
    .map((file) => ({ file, text: readFileSync(join(repositoryRoot, file), "utf8") }));
  const built = new Set(files.flatMap(({ file, text }) => (/^db\/src\/\w+\/schema\//.test(file) ? tablesOf(text) : [])));
  const found: BoundStatements = { problems: [], statements: 0, comparisons: 0, unnoticed: [] };
  const needed = new Set<string>();

  /** `without` gives what is unbound when one comparison is left out. */
  function look<C>(
    at: string,
    id: string,
    unbound: string[],
    comparisons: readonly C[],
    without: (left: ReadonlySet<C>) => string[],
  ): void {
    found.statements += 1;
    if (unbound.length > 0) needed.add(id);
    if (unbound.length > 0 && !Object.hasOwn(unboundStatements, id))
      found.problems.push(`${at}: names no tenant for ${unbound.join(", ")}: compare its tenant, or go by a path of the register`);
    for (const comparison of new Set(comparisons)) {
      found.comparisons += 1;
      if (without(new Set([comparison])).length <= unbound.length) found.unnoticed.push(at);
    }
  }

  for (const { file, text } of files) {
    for (const { line, inside, unbound, comparisons, without } of listBuiltStatements(file, text, built))
      look(`${file}:${line}`, `${file} ${inside}`, unbound, comparisons, without);
    for (const { line, inside, tree, crosses } of listStatements(file, text)) {
      const at = `${file}:${line}`;
      if (tree === undefined) {
        found.problems.push(`${at}: cannot be read as SQL: write the statement out, or put its parts together from this file's own`);
        continue;
      }
      if (crosses) continue;
      const { unbound, comparisons } = findUnbound(tree, tablesOfTenants);
      look(at, `${file} ${inside}`, unbound, comparisons, (left) => findUnbound(tree, tablesOfTenants, left).unbound);
    }
  }
  for (const id of Object.keys(unboundStatements)) if (!needed.has(id)) found.problems.push(`${id}: needs no exemption any more`);
  return found;
}

/** TypeScript files under a folder, but tests and what is installed or built there; paths from the repository's root. */
function sourcesIn(folder: string): string[] {
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" || entry.name.startsWith(".") ? [] : sourcesIn(path);
    return /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) ? [path] : [];
  });
}
