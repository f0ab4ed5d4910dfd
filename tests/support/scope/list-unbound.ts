import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { offboardingStores } from "@leasehold/domain/offboarding/stores";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { loadModule } from "libpg-query";
import { findUnbound } from "./find-unbound.ts";
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

/** Looks through every statement that the repository writes out in SQL. @throws what cannot be read */
export async function listUnbound(): Promise<BoundStatements> {
  await loadModule();
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...folders], {
    cwd: repositoryRoot,
    encoding: "utf8",
  });
  const files = listed.split("\n").filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file));
  const found: BoundStatements = { problems: [], statements: 0, comparisons: 0, unnoticed: [] };
  const needed = new Set<string>();
  for (const file of files.filter((name) => existsSync(join(repositoryRoot, name)))) {
    for (const { line, inside, tree, crosses } of listStatements(file, readFileSync(join(repositoryRoot, file), "utf8"))) {
      found.statements += 1;
      const at = `${file}:${line}`;
      if (tree === undefined) {
        found.problems.push(`${at}: cannot be read as SQL: write the statement out, or put its parts together from this file's own`);
        continue;
      }
      if (crosses) continue;
      const { unbound, comparisons } = findUnbound(tree, tablesOfTenants);
      const id = `${file} ${inside}`;
      if (unbound.length > 0) needed.add(id);
      if (unbound.length > 0 && !Object.hasOwn(unboundStatements, id))
        found.problems.push(`${at}: names no tenant for ${unbound.join(", ")}: compare its tenant_id, or go by a path of the register`);
      for (const comparison of new Set(comparisons)) {
        found.comparisons += 1;
        const without = findUnbound(tree, tablesOfTenants, new Set([comparison]));
        if (without.unbound.length <= unbound.length) found.unnoticed.push(at);
      }
    }
  }
  for (const id of Object.keys(unboundStatements)) if (!needed.has(id)) found.problems.push(`${id}: needs no exemption any more`);
  return found;
}
