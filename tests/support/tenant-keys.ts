import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { readTenantKey, type TenantKey } from "@leasehold/db/control/keys/read-tenant-key";
import { type KeyRequest, requestKeyOperation } from "@leasehold/db/control/keys/request-key-operation";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { customerKeyPolicy, ownerOf } from "@leasehold/domain/keys/custody";
import type { World } from "./world.ts";

export interface KeyOwner {
  tenantId: TenantId;
  userId: string;
}

/** What an administrator of the tenant asks for in the portal. */
export async function requestKeys(world: World, { tenantId, userId }: KeyOwner, asked: KeyRequest): Promise<OperationId> {
  const ctx = { tenantId, actor: { type: "user" as const, userId }, requestId: newId("request") };
  const request = { ...asked, reason: "Asked in a test", idempotencyKey: newId("command") };
  return (await requestKeyOperation(world.pool("control", "portal"), ctx, request)).operationId;
}

/** The operation's state once it waits for nobody but a person, or has ended. */
export async function awaitKeys(world: World, { tenantId }: KeyOwner, operationId: OperationId, patienceMs = 120_000): Promise<TenantKey> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const key = await readTenantKey(world.pool("control", "portal"), tenantId);
    const ended = ["SUCCEEDED", "ROLLED_BACK", "NEEDS_ATTENTION"].includes(key.operation?.state ?? "");
    if (key.operation?.operationId === operationId && ended) return key;
    if (Date.now() > until) throw new Error(`the operation is still ${key.operation?.state} at ${key.operation?.step}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * A key as a customer makes it, with the statements that the portal shows, or without one of the actions or statements. The emulator knows neither
 * grants nor their conditions: there the statements stand without conditions, and one names the role that the grant would.
 */
export async function createCustomerKey(
  world: World,
  { tenantId }: Pick<KeyOwner, "tenantId">,
  { without = [], ...options }: { without?: string[]; KeySpec?: "RSA_2048"; KeyUsage?: "ENCRYPT_DECRYPT" } = {},
): Promise<string> {
  const kms = new KMSClient(world.aws("root"));
  const role = world.stack.aws.tenantRoleArn;
  const { account } = ownerOf(role);
  const administers = ["kms:PutKeyPolicy", "kms:DisableKey", "kms:EnableKey", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"];
  const owner = {
    Sid: "OwnerAdministers",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: administers,
    Resource: "*",
  };
  const principal = (arn: string) => ({ Effect: "Allow", Principal: { AWS: arn }, Resource: "*" });
  const asTheGrant = { Sid: "AsTheGrant", ...principal(role), Action: ["kms:Decrypt", "kms:Encrypt"] };
  // On AWS the grant's retiring principal needs no statement.
  const retires = { Sid: "AsTheRetiringPrincipal", ...principal(`arn:aws:iam::${account}:root`), Action: "kms:RetireGrant" };
  const statements = [owner, ...customerKeyPolicy(tenantId, role).map(({ Condition: _, ...statement }) => statement), asTheGrant, retires]
    .filter(({ Sid }) => !without.includes(Sid))
    .map((statement) => ({ ...statement, Action: [statement.Action].flat().filter((action) => !without.includes(action)) }))
    .filter(({ Action }) => Action.length > 0);
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy, BypassPolicyLockoutSafetyCheck: true, ...options }));
  return KeyMetadata?.Arn ?? "";
}
