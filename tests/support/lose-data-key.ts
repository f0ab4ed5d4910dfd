import { withConnection } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { onlyPool } from "@leasehold/domain/keys/epochs";
import type { World } from "./world.ts";

/** A version of a tenant's data key, or of its index key, is given up: as two operators would have it done, without their epoch. */
export async function loseDataKey(world: World, tenantId: string, version: number, purpose: "data" | "index" = "data"): Promise<void> {
  await withConnection(world.ownerUrl("keyring"), async (owner) => {
    await owner.query("delete from keyring.data_keys where tenant_id = $1 and purpose = $3 and version = $2", [tenantId, version, purpose]);
    await owner.query("insert into keyring.lost_keys (tenant_id, purpose, version, pool, epoch, loss_id) values ($1, $5, $2, $4, 1, $3)", [
      tenantId,
      version,
      newId("keyLoss"),
      onlyPool,
      purpose,
    ]);
  });
}
