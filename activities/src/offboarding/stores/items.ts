import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { partitionAttribute, partitionOf, sortAttribute } from "@leasehold/tenancy/dynamodb/item-keys";
import { abortable } from "../../operations/abortable.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { Store, StoreRef } from "./store.ts";

/** Requests of one BatchWriteItem at most (DynamoDB's quota). */
const batch = 25;
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

/** What DynamoDB puts back is left to the next attempt, or to the look after. */
async function deleteAll(dynamoDb: DynamoDBClient, table: string, keys: readonly Key[]): Promise<void> {
  let requests = { [table]: keys.map((Key) => ({ DeleteRequest: { Key } })) };
  for (let attempt = 0; attempt < 10 && Object.keys(requests).length > 0; attempt++) {
    const { UnprocessedItems = {} } = await dynamoDb.send(new BatchWriteItemCommand({ RequestItems: requests }));
    requests = UnprocessedItems as typeof requests;
  }
  if (Object.keys(requests).length > 0) throw Object.assign(new Error("DynamoDB put items back"), { code: "Throttling" });
}
