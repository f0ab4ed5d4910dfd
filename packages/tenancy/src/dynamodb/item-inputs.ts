import type { AttributeValue, DeleteItemInput, GetItemInput, PutItemInput, QueryInput, UpdateItemInput } from "@aws-sdk/client-dynamodb";
import type { TenantScope } from "../context.ts";
import { conditionIn, type Expression, type ItemCondition, inputOf, keyNameIn, nameIn, newExpression, valueIn } from "./conditions.ts";
import {
  type Attributes,
  itemKeyOf,
  partitionAttribute,
  partitionOf,
  type SortPath,
  sortAttribute,
  sortPrefixOf,
  startKeyOf,
  tenantIndexPrefix,
} from "./item-keys.ts";

type Of = Pick<TenantScope, "tenantId">;

export interface ItemChange {
  set?: Attributes;
  /** Numbers to add to, as text. */
  add?: Record<string, string>;
  remove?: readonly string[];
}

export interface ItemQuery {
  /** Everything below it; the tenant's whole partition without. */
  below?: SortPath;
  /** An index that is keyed by tenant: its name begins with `tenant-`. */
  index?: string;
  where?: ItemCondition;
  attributes?: readonly string[];
  cursor?: string;
  limit?: number;
  descending?: boolean;
}

/** Inputs of DynamoDB's commands, every one within the tenant's partition: for transactions and batches as well. */
export function getInput(table: string, of: Of, path: SortPath, consistent = true): GetItemInput {
  return { TableName: table, Key: itemKeyOf(of, path), ConsistentRead: consistent };
}

/** Replaces the item; `attributes` hold no key. */
export function putInput(table: string, of: Of, path: SortPath, attributes: Attributes, condition?: ItemCondition): PutItemInput {
  for (const name of Object.keys(attributes)) nameIn(newExpression(), name);
  const Item = { ...attributes, ...itemKeyOf(of, path) };
  return { TableName: table, Item, ...conditioned(newExpression(), condition) };
}

export function deleteInput(table: string, of: Of, path: SortPath, condition?: ItemCondition): DeleteItemInput {
  return { TableName: table, Key: itemKeyOf(of, path), ...conditioned(newExpression(), condition) };
}

/** What changed comes back (`UPDATED_NEW`), and nothing else of the item. */
export function updateInput(table: string, of: Of, path: SortPath, change: ItemChange, condition?: ItemCondition): UpdateItemInput {
  const expression = newExpression();
  const parts = [
    clause("SET", Object.entries(change.set ?? {}), ([name, value]) => `${nameIn(expression, name)} = ${valueIn(expression, value)}`),
    clause("ADD", Object.entries(change.add ?? {}), ([name, N]) => `${nameIn(expression, name)} ${valueIn(expression, { N })}`),
    clause("REMOVE", change.remove ?? [], (name) => nameIn(expression, name)),
  ];
  return {
    TableName: table,
    Key: itemKeyOf(of, path),
    UpdateExpression: parts.filter((part) => part !== "").join(" "),
    ReturnValues: "UPDATED_NEW",
    ...conditioned(expression, condition),
  };
}

/** One page of the tenant's items: the partition by equality, never by a prefix. */
export function queryInput(table: string, of: Of, query: ItemQuery): QueryInput {
  const { below, index, where, attributes, cursor, limit, descending = false } = query;
  if (index !== undefined && !index.startsWith(tenantIndexPrefix)) throw new Error("An index that is not keyed by tenant is not queried.");
  const expression = newExpression();
  const partition: AttributeValue = { S: partitionOf(of.tenantId) };
  const keys = [`${keyNameIn(expression, partitionAttribute)} = ${valueIn(expression, partition)}`];
  if (below !== undefined) {
    if (index !== undefined) throw new Error("Items of an index are ordered by its own sort key.");
    keys.push(`begins_with(${keyNameIn(expression, sortAttribute)}, ${valueIn(expression, { S: sortPrefixOf(below) })})`);
  }
  return {
    TableName: table,
    ...(index === undefined ? {} : { IndexName: index }),
    KeyConditionExpression: keys.join(" AND "),
    ...(where === undefined ? {} : { FilterExpression: conditionIn(expression, where) }),
    ...projection(expression, attributes, index),
    ...(cursor === undefined ? {} : { ExclusiveStartKey: startKeyOf(of, cursor) }),
    ...(limit === undefined ? {} : { Limit: limit }),
    ScanIndexForward: !descending,
    ...inputOf(expression),
  };
}

function projection(expression: Expression, attributes: readonly string[] | undefined, index: string | undefined) {
  if (attributes === undefined)
    return { Select: index === undefined ? ("ALL_ATTRIBUTES" as const) : ("ALL_PROJECTED_ATTRIBUTES" as const) };
  return { Select: "SPECIFIC_ATTRIBUTES" as const, ProjectionExpression: attributes.map((name) => nameIn(expression, name)).join(", ") };
}

function clause<T>(word: string, parts: readonly T[], text: (part: T) => string): string {
  return parts.length === 0 ? "" : `${word} ${parts.map(text).join(", ")}`;
}

function conditioned(expression: Expression, condition: ItemCondition | undefined) {
  const text = condition === undefined ? {} : { ConditionExpression: conditionIn(expression, condition) };
  return { ...text, ...inputOf(expression) };
}
