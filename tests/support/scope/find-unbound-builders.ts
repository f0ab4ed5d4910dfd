import ts from "typescript";
import { declared, nameAround } from "./source-nodes.ts";

/** What drizzle's builder is asked for in one place: tables of tenants, and what has to hold. */
export interface BuiltStatement {
  line: number;
  /** The function or constant that it is in; empty outside of one. */
  inside: string;
  /** Tables whose rows are not bound to a tenant that is named. */
  unbound: string[];
  /** Comparisons that bind, one by one. */
  comparisons: ts.Node[];
  /** The same without some of them. */
  without(left: ReadonlySet<ts.Node>): string[];
}

const joins = /^(left|right|inner|full)Join$/;

/**
 * Every `from`, `update` and `delete` of drizzle's builder in a file that is about a table of tenants, and whether its `tenantId` is compared with a
 * value, or with that of a table that is bound itself, in a condition that always holds. Conditions and halves of statements that the file has
 * itself are followed.
 * @param tables by the names that the schema exports them under
 */
export function listBuiltStatements(fileName: string, text: string, tables: ReadonlySet<string>): BuiltStatement[] {
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const imported = importedFromSchema(file);
  const found: BuiltStatement[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isBegun(node)) for (const top of wholesOf(node)) found.push(read(node, top));
    ts.forEachChild(node, visit);
  };
  const isTable = (node: ts.Node | undefined): node is ts.Identifier =>
    node !== undefined && ts.isIdentifier(node) && imported.has(node.text) && tables.has(node.text);
  /** The table whose tenant a side is; undefined of a value. */
  const tenantOf = (side: ts.Expression) =>
    ts.isPropertyAccessExpression(side) && side.name.text === "tenantId" && isTable(side.expression) ? side.expression.text : undefined;
  const isBegun = (call: ts.CallExpression) => /^(from|update|delete)$/.test(methodOf(call) ?? "") && isTable(call.arguments[0]);

  function read(begun: ts.CallExpression, links: ts.CallExpression[]): BuiltStatement {
    const about = [begun, ...links.filter((link) => joins.test(methodOf(link) ?? ""))].flatMap(({ arguments: [table] }) =>
      isTable(table) ? [table.text] : [],
    );
    const conditions = links.flatMap((link) => {
      const condition = methodOf(link) === "where" ? link.arguments[0] : joins.test(methodOf(link) ?? "") ? link.arguments[1] : undefined;
      return condition === undefined ? [] : conjunctsOf(condition);
    });
    const bind = (left: ReadonlySet<ts.Node>) => {
      const bound = new Set<string>();
      const comparisons: ts.Node[] = [];
      for (let size = -1; size < bound.size; ) {
        size = bound.size;
        for (const condition of conditions) {
          const [one, other] = left.has(condition) ? [] : condition.arguments.map((side) => ({ side, table: tenantOf(side) }));
          for (const [to, by] of [
            [one, other],
            [other, one],
          ]) {
            if (to?.table === undefined || by === undefined || bound.has(to.table)) continue;
            if (by.table !== undefined && !bound.has(by.table)) continue;
            bound.add(to.table);
            comparisons.push(condition);
          }
        }
      }
      return { unbound: about.filter((table) => !bound.has(table)), comparisons };
    };
    const line = file.getLineAndCharacterOfPosition(begun.getStart()).line + 1;
    return { line, inside: nameAround(begun), ...bind(new Set()), without: (left) => bind(left).unbound };
  }

  /** The calls that go on from one, up to where the statement is whole; once for each use where a function of the file hands half of one on. */
  function wholesOf(call: ts.Node): ts.CallExpression[][] {
    const links: ts.CallExpression[] = [];
    let at = call;
    while (ts.isPropertyAccessExpression(at.parent) && ts.isCallExpression(at.parent.parent) && at.parent.expression === at) {
      at = at.parent.parent;
      links.push(at as ts.CallExpression);
    }
    const maker = links.some((link) => methodOf(link) === "where") ? undefined : makerOf(at);
    const uses = maker === undefined ? [] : usesOf(maker);
    return uses.length === 0 ? [links] : uses.flatMap((use) => wholesOf(use).map((further) => [...links, ...further]));
  }

  function usesOf(name: string): ts.CallExpression[] {
    const uses: ts.CallExpression[] = [];
    const look = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name) uses.push(node);
      ts.forEachChild(node, look);
    };
    look(file);
    return uses;
  }

  visit(file);
  return found;
}

/** The schemas' tables that have a `tenantId`, by the names that they are exported under. */
export function tablesOf(schema: string): string[] {
  const file = ts.createSourceFile("schema.ts", schema, ts.ScriptTarget.Latest, true);
  return file.statements.flatMap((statement) =>
    ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.flatMap(({ name, initializer }) =>
          initializer !== undefined && /\btenantId\b/.test(initializer.getText()) && /[tT]able\b/.test(initializer.getText())
            ? [name.getText()]
            : [],
        )
      : [],
  );
}

function importedFromSchema(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) || !/\/schema\b/.test(statement.moduleSpecifier.getText())) continue;
    const bindings = statement.importClause?.namedBindings;
    if (bindings !== undefined && ts.isNamedImports(bindings)) for (const { name } of bindings.elements) names.add(name.text);
  }
  return names;
}

/** `eq(…)`s that all have to hold. */
function conjunctsOf(condition: ts.Expression): ts.CallExpression[] {
  if (ts.isParenthesizedExpression(condition)) return conjunctsOf(condition.expression);
  if (ts.isIdentifier(condition)) return conjunctsIn(condition);
  if (!ts.isCallExpression(condition) || !ts.isIdentifier(condition.expression)) return [];
  if (condition.expression.text === "eq") return [condition];
  if (condition.expression.text === "and") return condition.arguments.flatMap(conjunctsOf);
  return conjunctsIn(condition.expression);
}

function conjunctsIn(name: ts.Identifier): ts.CallExpression[] {
  const condition = declared(name);
  return condition === undefined ? [] : conjunctsOf(condition);
}

/** The function of the file that hands on what is built. */
function makerOf(built: ts.Node): string | undefined {
  const { parent } = built;
  if (ts.isReturnStatement(parent) && ts.isBlock(parent.parent) && ts.isFunctionDeclaration(parent.parent.parent))
    return parent.parent.parent.name?.text;
  return ts.isArrowFunction(parent) && ts.isVariableDeclaration(parent.parent) ? parent.parent.name.getText() : undefined;
}

function methodOf({ expression }: ts.CallExpression): string | undefined {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined;
}
