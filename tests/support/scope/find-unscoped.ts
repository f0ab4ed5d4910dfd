import ts from "typescript";

export interface Unscoped {
  line: number;
  what: string;
}

/** Callees within which work may name no tenant: each takes a path of the register. */
const wrappers = new Set(["acrossTenants", "crossTenants"]);
/** Calls that enter for whomever their second argument names. */
const entering = new Set(["withControl", "controlQuery"]);
const scopeNames = new Set(["tenantId", "userId", "capabilityHash"]);
/** What connections and pools of the databases are called. */
const databases = /^(pool|client|connection|control|application|keyring|identity|database|owner|admin|auditor|silo|from)$/i;

/** Statements that reach a database without entering for a tenant, a person or a capability, and outside of the paths that may. */
export function findUnscoped(fileName: string, text: string): Unscoped[] {
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const found: Unscoped[] = [];
  const visit = (node: ts.Node, wrapped: boolean): void => {
    const inside = wrapped || (ts.isCallExpression(node) && wrappers.has(lastNameOf(node.expression)));
    const what = inside || !ts.isCallExpression(node) ? undefined : problemOf(node);
    if (what !== undefined) found.push({ line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, what });
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(file, false);
  return found;
}

function problemOf(call: ts.CallExpression): string | undefined {
  const callee = call.expression;
  const name = lastNameOf(callee);
  if (entering.has(name) && !namesSomebody(call.arguments[1])) return `${name} names no tenant, person or capability`;
  if (name !== "query" || !ts.isPropertyAccessExpression(callee)) return undefined;
  const [first] = call.arguments;
  const asksProcedure = first === undefined || ts.isArrowFunction(first);
  return !asksProcedure && databases.test(lastNameOf(callee.expression)) ? `${callee.getText()}: enters for nobody` : undefined;
}

/** A scope that is handed on was made somewhere else, where it is looked at; an empty literal is nobody's. */
function namesSomebody(scope: ts.Expression | undefined): boolean {
  if (scope === undefined) return false;
  if (!ts.isObjectLiteralExpression(scope)) return true;
  return scope.properties.some((property) => ts.isSpreadAssignment(property) || scopeNames.has(property.name?.getText() ?? ""));
}

function lastNameOf(node: ts.Node): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  return ts.isCallExpression(node) ? "" : node.getText();
}
