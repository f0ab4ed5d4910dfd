import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type Attributes, partitionAttribute, sortAttribute } from "./item-keys.ts";

/** What must hold for a write, or of an item that a query gives. Names and values never become part of an expression's text. */
export type ItemCondition =
  | { attribute: string; is: "present" | "absent" }
  | { attribute: string; operator: "=" | "<>" | "<" | "<=" | ">" | ">="; value: AttributeValue }
  | { all: readonly ItemCondition[] }
  | { any: readonly ItemCondition[] };

export interface Expression {
  names: Record<string, string>;
  values: Attributes;
}

export function newExpression(): Expression {
  return { names: {}, values: {} };
}

/** The placeholder of an attribute's name. A key's own attributes are refused: those the helper sets alone. */
export function nameIn(expression: Expression, attribute: string): string {
  if (attribute === partitionAttribute || attribute === sortAttribute) throw new Error("A key's attributes are the helper's alone.");
  return addName(expression, attribute);
}

export function keyNameIn(expression: Expression, attribute: typeof partitionAttribute | typeof sortAttribute): string {
  return addName(expression, attribute);
}

export function valueIn(expression: Expression, value: AttributeValue): string {
  const placeholder = `:v${Object.keys(expression.values).length}`;
  expression.values[placeholder] = value;
  return placeholder;
}

function addName({ names }: Expression, attribute: string): string {
  const placeholder = `#n${Object.keys(names).length}`;
  names[placeholder] = attribute;
  return placeholder;
}

const operators = new Set<string>(["=", "<>", "<", "<=", ">", ">="]);

export function conditionIn(expression: Expression, condition: ItemCondition): string {
  if ("all" in condition) return join(condition.all, "AND");
  if ("any" in condition) return join(condition.any, "OR");
  if ("is" in condition) {
    return `${condition.is === "present" ? "attribute_exists" : "attribute_not_exists"}(${nameIn(expression, condition.attribute)})`;
  }
  if (!operators.has(condition.operator)) throw new Error("There is no such operator.");
  return `${nameIn(expression, condition.attribute)} ${condition.operator} ${valueIn(expression, condition.value)}`;

  function join(parts: readonly ItemCondition[], word: string): string {
    if (parts.length === 0) throw new Error("A condition of no parts says nothing.");
    return `(${parts.map((part) => conditionIn(expression, part)).join(` ${word} `)})`;
  }
}

/** The members of a command's input; those that hold nothing are left out, as DynamoDB wants it. */
export function inputOf({ names, values }: Expression) {
  return {
    ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
  };
}
