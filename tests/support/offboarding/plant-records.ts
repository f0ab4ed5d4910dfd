import { CreateTableCommand, DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { withConnection } from "@leasehold/db/client";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { publicHalf } from "@leasehold/infra/local/provision/secrets";
import { partitionAttribute, partitionOf, sortAttribute } from "@leasehold/tenancy/dynamodb/item-keys";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import type { World } from "../world.ts";
import type { WholeTenant } from "./whole-world.ts";

type Canary = (place: string) => string;

/** The table for items of all tenants; its name is the one that the worker has rights to. */
export const itemsTable = "leasehold-tenants";

export async function createItemsTable(world: World): Promise<void> {
  const attributes = [partitionAttribute, sortAttribute] as const;
  await new DynamoDBClient(world.aws("root")).send(
    new CreateTableCommand({
      TableName: itemsTable,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: attributes.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
      AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    }),
  );
}

/** A mail in the queue, sealed as every mail is; one that is not held goes out at once. */
export async function queueMail(
  world: World,
  tenantId: TenantId,
  { to, name, held }: { to: string; name: string; held: boolean },
): Promise<void> {
  const mail = { template: "workspace-ready", to, props: { url: "http://localhost:3000", organizationName: name } } as const;
  const sealed = await sealMail(publicHalf(world.stack.secrets.mailKey), mail);
  await withConnection(world.ownerUrl("control"), (owner) =>
    owner.query(
      `insert into control.mail_outbox (mail_id, dedupe_key, tenant_id, template, sealed, next_attempt_at)
       values ($1, $2, $3, $4, $5, case when $6 then 'infinity' else now() end)`,
      [newId("mail"), newId("event"), tenantId, mail.template, sealed, held],
    ),
  );
}

/** What is sealed: a mail that waits, and the name of an API key. */
export async function plantRecords(world: World, { tenantId, documents }: WholeTenant, canary: Canary): Promise<void> {
  await queueMail(world, tenantId, { to: `${canary("mail-to")}@guests.example`, name: canary("mail"), held: true });
  await documents.createKey(canary("key-name"));
}

/** What is kept in clear: somebody's address in an invitation, and an item as a product may write it. */
export async function plantInClear(world: World, { tenantId }: WholeTenant, canary: Canary): Promise<void> {
  await withConnection(world.ownerUrl("control"), (owner) =>
    owner.query(
      `insert into control.invitations (tenant_id, invitation_id, email, role, state, token_hash, invited_by, expires_at)
       values ($1, $2, $3, 'member', 'PENDING', encode(sha256($4::bytea), 'hex'), 'user:x', now() + interval '1 day')`,
      [tenantId, newId("invitation"), `${canary("invited")}@guests.example`, Buffer.from(newId("event"))],
    ),
  );
  const Item = { [partitionAttribute]: { S: partitionOf(tenantId) }, [sortAttribute]: { S: "note#1" }, content: { S: canary("item") } };
  await new DynamoDBClient(world.aws("root")).send(new PutItemCommand({ TableName: itemsTable, Item }));
}

/** How many records that were planted there are for somebody who asks the stores. */
export async function countRecords(
  world: World,
  { tenantId }: { tenantId: TenantId },
): Promise<{ invitations: number; mails: number; items: number }> {
  const inControl = async (what: string) => {
    const text = `select from control.${what} and tenant_id = $1`;
    return withConnection(world.ownerUrl("control"), async (owner) => (await owner.query(text, [tenantId])).rowCount ?? 0);
  };
  const { Count = 0 } = await new DynamoDBClient(world.aws("root")).send(
    new QueryCommand({
      TableName: itemsTable,
      KeyConditionExpression: "#pk = :pk",
      ExpressionAttributeNames: { "#pk": partitionAttribute },
      ExpressionAttributeValues: { ":pk": { S: partitionOf(tenantId) } },
    }),
  );
  const [invitations, mails] = [
    await inControl("invitations where true"),
    await inControl("mail_outbox where next_attempt_at = 'infinity'"),
  ];
  return { invitations, mails, items: Count };
}
