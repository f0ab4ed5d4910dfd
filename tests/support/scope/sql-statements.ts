import { parseSync } from "libpg-query";
import ts from "typescript";
import { declared, nameAround } from "./source-nodes.ts";

/** A statement that stands in a file, as PostgreSQL's own parser reads it. */
export interface SqlStatement {
  line: number;
  /** The function or constant that it is in; empty outside of one. */
  inside: string;
  text: string;
  /** Undefined where what is put together at run time leaves nothing that can be parsed. */
  tree: SqlNode | undefined;
  /** Asked by a path of the register that may cross tenants. */
  crosses: boolean;
}

/** One node of PostgreSQL's parse tree. */
export type SqlNode = { [key: string]: unknown };

const crossings = new Set(["acrossTenants", "crossTenants"]);
const verbs = /^\s*((select|insert|update|delete)\s|with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s)/i;
const clauses = /\b(from|into|set)\b/i;

/** What may stand where the code puts something in: a value, a name, nothing, an assignment, a row. */
const stands = [(at: number) => `$${at}`, (at: number) => `"put_${at}"`, () => "", (at: number) => `"put_${at}" = null`, () => "(null)"];

/** Every statement that a file writes out, as a tagged template or as a text of its own. Its own fragments are put in where it uses them. */
export function listStatements(fileName: string, text: string): SqlStatement[] {
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const found: SqlStatement[] = [];
  const visit = (node: ts.Node, crosses: boolean): void => {
    const crossing = crosses || isCrossing(node) || isHandedToCrossing(node);
    const parts = partsOf(node);
    if (parts !== undefined && verbs.test(parts[0] ?? "") && clauses.test(parts.join(" "))) {
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ line, inside: nameAround(node), text: parts.join(" … "), tree: parse(parts), crosses: crossing });
    }
    ts.forEachChild(node, (child) => visit(child, crossing));
  };
  visit(file, false);
  return found;
}

/** What stands between the places of a statement that are filled in at run time; undefined of what is none. */
function partsOf(node: ts.Node): string[] | undefined {
  if (ts.isTaggedTemplateExpression(node)) return isSql(node) ? textsOf(node.template) : undefined;
  return node.parent !== undefined && ts.isTaggedTemplateExpression(node.parent) ? undefined : textsOf(node);
}

function textsOf(template: ts.Node): string[] | undefined {
  if (ts.isStringLiteral(template) || ts.isNoSubstitutionTemplateLiteral(template)) return [template.text];
  if (!ts.isTemplateExpression(template)) return undefined;
  const parts = [template.head.text];
  for (const { expression, literal } of template.templateSpans) {
    const [first, ...rest] = fragmentOf(expression, ts.isTaggedTemplateExpression(template.parent)) ?? [];
    if (first === undefined) parts.push(literal.text);
    else {
      parts.push(`${parts.pop()} ${first}`, ...rest);
      parts.push(`${parts.pop()} ${literal.text}`);
    }
  }
  return parts;
}

/**
 * The parts of a fragment that the file has itself: `${sql`…`}`, `${constant}`, `${make(…)}`, and the first of two that are chosen from. In a
 * tagged template a text is a value.
 */
function fragmentOf(expression: ts.Expression, tagged: boolean): string[] | undefined {
  if (ts.isTaggedTemplateExpression(expression)) return isSql(expression) ? textsOf(expression.template) : undefined;
  if (ts.isConditionalExpression(expression)) return fragmentOf(expression.whenTrue, tagged);
  if (ts.isCallExpression(expression)) return fragmentOf(expression.expression, tagged);
  if (!tagged && ts.isStringLiteralLike(expression)) return [expression.text];
  if (!tagged && ts.isTemplateExpression(expression)) return textsOf(expression);
  if (!ts.isIdentifier(expression)) return undefined;
  const made = declared(expression);
  return made === undefined ? undefined : fragmentOf(made, tagged);
}

/** Where a place cannot hold a value it is tried as something else, the place first at which the parser stops. */
function parse(parts: string[]): SqlNode | undefined {
  const chosen = parts.slice(1).map(() => 0);
  for (let tries = 0; tries < 60; tries++) {
    let text = parts[0] ?? "";
    const begins = chosen.map((which, index) => {
      const begin = text.length + 1;
      text += ` ${stands[which]?.(index + 1)} ${parts[index + 1]}`;
      return begin;
    });
    try {
      return parseSync(text) as unknown as SqlNode;
    } catch (error) {
      const position = (error as { sqlDetails?: { cursorPosition: number } }).sqlDetails?.cursorPosition ?? 0;
      const at = begins.findLastIndex((begin) => begin <= position);
      if (at < 0 || (chosen[at] ?? 0) >= stands.length - 1) return undefined;
      chosen[at] = (chosen[at] ?? 0) + 1;
    }
  }
  return undefined;
}

function isSql({ tag }: ts.TaggedTemplateExpression): boolean {
  return ts.isIdentifier(tag) && tag.text === "sql";
}

function isCrossing(node: ts.Node): boolean {
  return ts.isCallExpression(node) && crossings.has(node.expression.getText());
}

/** A constant that its function hands to a path of the register. */
function isHandedToCrossing(node: ts.Node): boolean {
  if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) return false;
  const name = node.name.text;
  const isHanded = (inner: ts.Node, crossing: boolean): boolean => {
    const within = crossing || isCrossing(inner);
    if (within && ts.isIdentifier(inner) && inner.text === name) return true;
    return ts.forEachChild(inner, (child) => isHanded(child, within) || undefined) ?? false;
  };
  return isHanded(node.parent.parent.parent, false);
}
