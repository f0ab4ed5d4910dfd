import { type AttributeValue, type DynamoDBClient, QueryCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { partitionAttribute, partitionOf, sortAttribute } from "@leasehold/tenancy/dynamodb/item-keys";
import { abortable } from "../../operations/abortable.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { Store, StoreRef } from "./store.ts";

/** Items of one transaction at most (DynamoDB's quota). A batch that only deletes needs the right to delete, and none to write. */
const batch = 100;
type Key = Record<string, AttributeValue>;

/** What a product keeps in the tenant's partition of the shared table; nothing where there is no table. */
export function items({ dynamoDb, tenantTable }: ShreddingDependencies): Store {
  async function* pages(ref: StoreRef, counting: boolean): AsyncGenerator<{ count: number; keys: Key[] }> {
    if (tenantTable === undefined) return;
    let ExclusiveStartKey: Key | undefined;
    do {
      const page = await abortable(dynamoDb, ref.signal).send(
        new QueryCommand({
          TableName: tenantTable,
          ConsistentRead: true,
          KeyConditionExpression: "#pk = :pk",
          ExpressionAttributeNames: counting ? { "#pk": partitionAttribute } : { "#pk": partitionAttribute, "#sk": sortAttribute },
          ExpressionAttributeValues: { ":pk": { S: partitionOf(ref.tenantId) } },
          ...(counting ? { Select: "COUNT" as const } : { ProjectionExpression: "#pk, #sk" }),
          ExclusiveStartKey,
        }),
      );
      yield { count: page.Count ?? 0, keys: page.Items ?? [] };
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  return {
    how: tenantTable === undefined ? "This deployment keeps no items" : "Query of the tenant's partition, consistently read",
    async count(ref) {
      let found = 0;
      for await (const { count } of pages(ref, true)) found += count;
      return found;
    },
    async erase(ref) {
      for await (const { keys } of pages(ref, false))
        for (let first = 0; first < keys.length; first += batch)
          await deleteAll(abortable(dynamoDb, ref.signal), tenantTable ?? "", keys.slice(first, first + batch));
    },
  };
}

async function deleteAll(dynamoDb: DynamoDBClient, TableName: string, keys: readonly Key[]): Promise<void> {
  if (keys.length === 0) return;
  await dynamoDb.send(new TransactWriteItemsCommand({ TransactItems: keys.map((Key) => ({ Delete: { TableName, Key } })) }));
}
