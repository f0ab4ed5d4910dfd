import { DescribeKeyCommand, KMSClient, NotFoundException } from "@aws-sdk/client-kms";
import { withConnection, withDatabase } from "@leasehold/db/client";
import { LocalError } from "../local-error.ts";
import type { Stack } from "../stack.ts";

/**
 * Asks KMS for every key that wraps a tenant's data key: the emulator forgets keys when it is killed.
 * @throws {LocalError} KEY_LOST, naming the tenants that can no longer be read.
 */
export async function checkKeys(stack: Stack): Promise<void> {
  const keys = await listKeys(stack);
  const kms = new KMSClient({ endpoint: stack.aws.endpoint, region: stack.aws.region, credentials: { ...stack.aws.root } });
  try {
    const missing = (await Promise.all(keys.map(async (key) => ((await exists(kms, key.arn)) ? [] : [key.tenantId])))).flat();
    const lost = [...new Set(missing)];
    if (lost.length === 0) return;
    throw new LocalError(
      "KEY_LOST",
      `The AWS emulator no longer has the keys of ${lost.length} tenant(s) or parts of the platform, so what they sealed cannot be read again:\n  ${lost.join("\n  ")}\nIt saves its keys when it is stopped in order, and this time it was killed.`,
      "Start over with `pnpm reset`, which deletes all local data, then run the command again.",
    );
  } finally {
    kms.destroy();
  }
}

/** The KMS key of each tenant, its own or that of its epoch. Under the superuser, who is above row-level security: this is the machine's own check, not the product's. */
function listKeys(stack: Stack): Promise<{ tenantId: string; arn: string }[]> {
  return withConnection(withDatabase(stack.database.adminUrl, stack.database.names.keyring), async (client) => {
    const { rows: tables } = await client.query<{ found: boolean }>("select to_regclass('keyring.epochs') is not null as found");
    if (tables[0]?.found !== true) return [];
    const { rows } = await client.query<{ tenantId: string; arn: string }>(
      `select distinct k.tenant_id as "tenantId", coalesce(e.kms_key_arn, k.kms_key_arn) as arn from keyring.data_keys k
         left join keyring.epochs e on k.kms_key_arn = 'epoch:' || e.pool and k.epoch = e.epoch order by 1`,
    );
    const { rows: own } = await client.query<{ tenantId: string; arn: string }>(
      `select distinct name as "tenantId", kms_key_arn as arn from keyring.platform_keys`,
    );
    return [...rows, ...own];
  });
}

async function exists(kms: KMSClient, KeyId: string): Promise<boolean> {
  try {
    await kms.send(new DescribeKeyCommand({ KeyId }));
    return true;
  } catch (error) {
    if (error instanceof NotFoundException) return false;
    throw error;
  }
}
