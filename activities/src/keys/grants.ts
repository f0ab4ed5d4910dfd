import { CreateGrantCommand, type GrantOperation, type KMSClient, RetireGrantCommand } from "@aws-sdk/client-kms";
import { listGrants, noteGrant, noteGrantReleased } from "@leasehold/db/control/keys/note-grant";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { grantedOperations, grantNameOf, ownerOf } from "@leasehold/domain/keys/custody";
import type pg from "pg";
import { isGrantOver, isKeyKept } from "./kms-refusals.ts";

/**
 * Gives the tenant's role its grant on a customer's key, bound to the tenant's context. KMS answers the same name and terms with the
 * same grant. The account may retire it, without a right in the customer's policy.
 */
export async function giveGrant(
  { kms, control }: { kms: KMSClient; control: pg.Pool },
  { tenantId, operationId, keyArn, roleArn }: { tenantId: TenantId; operationId: OperationId; keyArn: string; roleArn: string },
): Promise<void> {
  await noteGrant(control, { tenantId, operationId, keyArn });
  const { partition, account } = ownerOf(roleArn);
  const { GrantId } = await kms.send(
    new CreateGrantCommand({
      KeyId: keyArn,
      Name: grantNameOf(tenantId),
      GranteePrincipal: roleArn,
      RetiringPrincipal: `arn:${partition}:iam::${account}:root`,
      Operations: [...grantedOperations] satisfies GrantOperation[],
      Constraints: { EncryptionContextSubset: { tenant: tenantId } },
    }),
  );
  if (GrantId === undefined) throw new Error("KMS answered without a grant");
  await noteGrant(control, { tenantId, operationId, keyArn, grantId: GrantId });
}

/** Ends every grant of a tenant but that on the key in use. One that is gone, or whose key is, has ended. */
export async function endGrants({ kms, control }: { kms: KMSClient; control: pg.Pool }, tenantId: TenantId, inUse: string): Promise<void> {
  for (const { keyArn, grantId } of await listGrants(control, tenantId)) {
    if (keyArn === inUse) continue;
    if (grantId !== null) await kms.send(new RetireGrantCommand({ KeyId: keyArn, GrantId: grantId })).catch(unlessReachable);
    await noteGrantReleased(control, { tenantId, keyArn });
  }
}

/** A key that the customer keeps from us, or has deleted, is a key that no grant opens. */
function unlessReachable(error: unknown): void {
  if (!isGrantOver(error) && !isKeyKept(error)) throw error;
}
