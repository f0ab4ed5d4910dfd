import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import ts from "typescript";
import type { CodeMutation } from "./code-mutations.ts";
import { exemptPredicates, noticedBy } from "./predicate-tests.ts";

const folders = ["application", "keyring", "control"].map((plane) => `db/src/${plane}`);

/**
 * Every `eq(table.tenantId, …)` of the statements, one at a time made always true; but those that are exempt. Row-level security is off in
 * the tests that have to notice.
 */
export function listPredicateMutations(root = repositoryRoot): CodeMutation[] {
  return listPredicates(root).flatMap(({ id, file, at, text, table }) =>
    Object.hasOwn(exemptPredicates, id)
      ? []
      : [{ id: `${id} without the tenant`, file, at, text, replacement: `eq(${table}.tenantId, ${table}.tenantId)`, tests: testsOf(file) }],
  );
}

/** Exemptions whose predicate is gone. */
export function staleExemptions(root = repositoryRoot): string[] {
  const known = new Set(listPredicates(root).map(({ id }) => id));
  return Object.keys(exemptPredicates).filter((id) => !known.has(id));
}

interface Predicate {
  /** `application/folders/find-folder findFolder 1`: its file, the function that it is in, and which one there it is. */
  id: string;
  file: string;
  /** Where in the file's text it begins. */
  at: number;
  text: string;
  table: string;
}

function listPredicates(root: string): Predicate[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
      .toSorted()
      .flatMap((path) => predicatesOf(root, `${folder}/${path}`)),
  );
}

function predicatesOf(root: string, file: string): Predicate[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true);
  const found: Predicate[] = [];
  const counts = new Map<string, number>();
  const visit = (node: ts.Node, inside: string): void => {
    const name = ts.isFunctionDeclaration(node) ? (node.name?.text ?? inside) : inside;
    const table = tableOf(node);
    if (table !== undefined) {
      const number = (counts.get(name) ?? 0) + 1;
      counts.set(name, number);
      const id = `${file.slice("db/src/".length, -".ts".length)} ${name} ${number}`;
      found.push({ id, file, at: node.getStart(), text: node.getText(), table });
    }
    ts.forEachChild(node, (child) => visit(child, name));
  };
  visit(source, "");
  return found;
}

/** Of a comparison of a table's tenant with a value; undefined of anything else, and of a join, which compares two tables. */
function tableOf(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || node.expression.getText() !== "eq") return undefined;
  const [column, value] = node.arguments;
  if (column === undefined || !ts.isPropertyAccessExpression(column) || column.name.text !== "tenantId") return undefined;
  if (!ts.isIdentifier(column.expression) || value === undefined) return undefined;
  const joins = ts.isCallExpression(node.parent) && /Join$/.test(node.parent.expression.getText());
  return joins ? undefined : column.expression.text;
}

function testsOf(file: string): CodeMutation["tests"] {
  const [, tests] = Object.entries(noticedBy).find(([path]) => file.startsWith(`db/src/${path}`)) ?? [];
  return tests ?? { file: "isolation/predicates" };
}
