/** The parts of a boolean expression as Postgres prints it, joined by AND or OR at the top; one part when it is neither. */
export function splitCondition(expression: string): { operator: "AND" | "OR" | undefined; parts: string[] } {
  const text = withoutParentheses(expression.trim());
  for (const operator of ["AND", "OR"] as const) {
    const parts = splitAtTop(text, ` ${operator} `);
    if (parts.length > 1) return { operator, parts };
  }
  return { operator: undefined, parts: [text] };
}

function withoutParentheses(text: string): string {
  return text.startsWith("(") && closingOf(text) === text.length - 1 ? withoutParentheses(text.slice(1, -1).trim()) : text;
}

/** Where the parenthesis that opens the text closes. */
function closingOf(text: string): number {
  let depth = 0;
  for (const [index, character] of characters(text)) {
    if (character === "(") depth++;
    if (character === ")" && --depth === 0) return index;
  }
  return -1;
}

function splitAtTop(text: string, separator: string): string[] {
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  for (const [index, character] of characters(text)) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (depth > 0 || index < from || !text.startsWith(separator, index)) continue;
    parts.push(text.slice(from, index));
    from = index + separator.length;
  }
  return [...parts, text.slice(from)];
}

/** Characters outside of quotes, with their places. */
function* characters(text: string): Generator<[number, string]> {
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === "'") quoted = !quoted;
    else if (!quoted) yield [index, character];
  }
}
