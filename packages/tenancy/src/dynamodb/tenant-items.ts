import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DomainError } from "@leasehold/domain/errors";
import type { TenantScope } from "../context.ts";
import type { ItemCondition } from "./conditions.ts";
import { deleteInput, getInput, type ItemChange, type ItemQuery, putInput, queryInput, updateInput } from "./item-inputs.ts";
import { type Attributes, cursorOf, type SortPath } from "./item-keys.ts";

export interface ItemPage {
  items: Attributes[];
  /** For the next page; null after the last. */
  cursor: string | null;
}

/** Items of one tenant in the product's table: its credentials, its partition. Writes throw CONFLICT when their condition does not hold. */
export interface TenantItems {
  get(scope: TenantScope, path: SortPath): Promise<Attributes | undefined>;
  put(scope: TenantScope, path: SortPath, attributes: Attributes, condition?: ItemCondition): Promise<void>;
  /** What changed, as it is now. */
  update(scope: TenantScope, path: SortPath, change: ItemChange, condition?: ItemCondition): Promise<Attributes>;
  delete(scope: TenantScope, path: SortPath, condition?: ItemCondition): Promise<void>;
  query(scope: TenantScope, query: ItemQuery): Promise<ItemPage>;
}

export interface TenantItemsSources {
  table: string | undefined;
  clientFor(scope: TenantScope): Promise<DynamoDBClient>;
}

export function createTenantItems({ table, clientFor }: TenantItemsSources): TenantItems {
  const named = () => {
    if (table === undefined) throw new Error("There is no table for items: set TENANT_TABLE.");
    return table;
  };
  return {
    async get(scope, path) {
      const { Item } = await (await clientFor(scope)).send(new GetItemCommand(getInput(named(), scope, path)));
      return Item;
    },
    async put(scope, path, attributes, condition) {
      const input = putInput(named(), scope, path, attributes, condition);
      await (await clientFor(scope)).send(new PutItemCommand(input)).catch(refuse);
    },
    async update(scope, path, change, condition) {
      const input = updateInput(named(), scope, path, change, condition);
      const { Attributes: changed } = await (await clientFor(scope)).send(new UpdateItemCommand(input)).catch(refuse);
      return changed ?? {};
    },
    async delete(scope, path, condition) {
      await (await clientFor(scope)).send(new DeleteItemCommand(deleteInput(named(), scope, path, condition))).catch(refuse);
    },
    async query(scope, query) {
      const { Items = [], LastEvaluatedKey } = await (await clientFor(scope)).send(new QueryCommand(queryInput(named(), scope, query)));
      return { items: Items, cursor: cursorOf(LastEvaluatedKey) };
    },
  };
}

function refuse(error: unknown): never {
  if (error instanceof ConditionalCheckFailedException) {
    throw new DomainError("CONFLICT", "It was changed in the meantime. Look again, then try again.", {
      reason: "item-condition",
      cause: error,
    });
  }
  throw error;
}
