import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { offboardingStores } from "@leasehold/domain/offboarding/stores";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { loadModule } from "libpg-query";
import { findUnbound } from "./find-unbound.ts";
import { listBuiltStatements, tablesOf } from "./find-unbound-builders.ts";
import { listStatements, type SqlNode } from "./sql-statements.ts";
import { unboundStatements } from "./unbound-statements.ts";

const folders = ["apps", "activities", "db/src", "packages"];
/** In the registry of stores, and of no tenant any more. */
const pseudonymous = "control.usage_totals";
/** Every table whose rows are a tenant's; the registry is held against the databases' catalogues. */
const tablesOfTenants: ReadonlySet<string> = new Set(
  offboardingStores.map(({ store }) => store).filter((store) => store.includes(".") && store !== pseudonymous),
);

/** A statement that is about tables of tenants, or may be. */
interface LookedAt {
  /** `file:line`. */
  at: string;
  /** `file function`. */
  id: string;
  /** Tables whose rows are not bound to a tenant that is named; undefined of what cannot be read. */
  unbound: string[] | undefined;
  /** For each comparison that binds rows to a tenant: what is unbound where it is left out. */
  withoutEach: (() => string[])[];
}

/** Every statement that the repository writes out in SQL, or has drizzle's builder make, but those by a path of the register. */
export async function listLookedAt(): Promise<LookedAt[]> {
  await loadModule();
  const files = folders
    .flatMap((folder) => sourcesIn(folder))
    .toSorted()
    .map((file) => ({ file, text: readFileSync(join(repositoryRoot, file), "utf8") }));
  const built = new Set(files.flatMap(({ file, text }) => (/^db\/src\/\w+\/schema\//.test(file) ? tablesOf(text) : [])));
  return files.flatMap(({ file, text }) => [
    ...listBuiltStatements(file, text, built).map(({ line, inside, unbound, comparisons, without }) => ({
      ...{ at: `${file}:${line}`, id: `${file} ${inside}`, unbound },
      withoutEach: [...new Set(comparisons)].map((each) => () => without(new Set([each]))),
    })),
    ...listStatements(file, text)
      .filter(({ crosses }) => !crosses)
      .map(({ line, inside, tree }) => {
        const { unbound, comparisons } = tree === undefined ? { comparisons: [] } : findUnbound(tree, tablesOfTenants);
        const without = (left: SqlNode) => findUnbound(tree ?? {}, tablesOfTenants, new Set([left])).unbound;
        const withoutEach = [...new Set(comparisons)].map((each) => () => without(each));
        return { at: `${file}:${line}`, id: `${file} ${inside}`, unbound, withoutEach };
      }),
  ]);
}

/** What names no tenant for a table's rows and is not explained, what cannot be read, and exemptions that nothing needs. */
export function problemsIn(statements: readonly LookedAt[]): string[] {
  const needed = new Set(statements.filter(({ unbound }) => unbound !== undefined && unbound.length > 0).map(({ id }) => id));
  return [
    ...statements.flatMap(({ at, id, unbound }) => {
      if (unbound === undefined)
        return [`${at}: cannot be read as SQL: write the statement out, or put its parts together from this file's own`];
      if (unbound.length === 0 || Object.hasOwn(unboundStatements, id)) return [];
      return [`${at}: names no tenant for ${unbound.join(", ")}: compare its tenant, or go by a path of the register`];
    }),
    ...Object.keys(unboundStatements).flatMap((id) => (needed.has(id) ? [] : [`${id}: needs no exemption any more`])),
  ];
}

/** TypeScript files under a folder, but tests and what is installed or built there; paths from the repository's root. */
function sourcesIn(folder: string): string[] {
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" || entry.name.startsWith(".") ? [] : sourcesIn(path);
    return /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) ? [path] : [];
  });
}
