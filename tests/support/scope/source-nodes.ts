import ts from "typescript";

/** The function, method or constant of the file that a node is in; empty outside of one. */
export function nameAround(node: ts.Node): string {
  for (let at: ts.Node = node; at !== undefined; at = at.parent) {
    if (ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at)) return at.name?.getText() ?? "";
    if (ts.isVariableDeclaration(at) && ts.isSourceFile(at.parent.parent.parent)) return at.name.getText();
  }
  return "";
}

/** What a constant of the file is, or what a function of it returns, by the name that it has where it is used; undefined where it is not the file's. */
export function declared(name: ts.Identifier): ts.Expression | undefined {
  for (let scope: ts.Node = name; scope !== undefined; scope = scope.parent) {
    if (!ts.isBlock(scope) && !ts.isSourceFile(scope)) continue;
    for (const statement of scope.statements) {
      if (ts.isFunctionDeclaration(statement) && statement.name?.text === name.text) return returned(statement.body);
      if (!ts.isVariableStatement(statement)) continue;
      const made = statement.declarationList.declarations.find((each) => each.name.getText() === name.text)?.initializer;
      if (made !== undefined && ts.isArrowFunction(made)) return ts.isBlock(made.body) ? returned(made.body) : made.body;
      if (made !== undefined) return made;
    }
  }
  return undefined;
}

/** Of a function that returns in one place. */
function returned(body: ts.Block | undefined): ts.Expression | undefined {
  const returns = [...(body?.statements ?? [])].filter(ts.isReturnStatement);
  return returns.length === 1 ? returns[0]?.expression : undefined;
}
