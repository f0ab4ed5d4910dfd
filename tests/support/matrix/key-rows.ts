import { newId } from "@leasehold/domain/ids";
import type { Case, Row } from "./case.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import { everyRole, managers, portalRow } from "./tenant-row.ts";

const asked = () => ({ reason: "tried by a test", idempotencyKey: newId("request") });
const changes = ["control.audit", "control.commands", "control.operations"];
const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-4000-8000-000000000000";

/** Work on a tenant is one at a time: what the rows before have begun ends here, on a plan that has everything. */
async function clearKeys({ rows, ours }: MatrixWorld): Promise<void> {
  await rows(`begin; alter table control.operations disable trigger user;
    update control.operations set state = 'SUCCEEDED' where tenant_id = '${ours.tenantId}'; alter table control.operations enable trigger user;
    update control.tenants set plan = 'business' where tenant_id = '${ours.tenantId}'; commit`);
}

/** The first who may is heard; of the others, one at a time, a request that is not whole shows that they would be. */
function keyRow(input: () => object, audit: string): Row<MatrixWorld> {
  const row = portalRow({ roles: managers, input, changes, audit });
  return {
    async cases(world) {
      await clearKeys(world);
      let heard = false;
      return (await row.cases(world)).map((each): Case => {
        if (each.expect !== "ok") return each;
        if (!heard) {
          heard = true;
          return each;
        }
        const { changes: _changes, audit: _audit, ...question } = each;
        return { ...question, input: { ...(each.input as object), idempotencyKey: "short" }, expect: "VALIDATION" };
      });
    },
  };
}

/** Procedures of the portal about a workspace's keys. */
export const keyRows: Record<string, Row<MatrixWorld>> = {
  "keys.state": portalRow({ roles: everyRole }),
  "keys.get": portalRow({ roles: managers }),
  "keys.rotate": keyRow(asked, "keys.rotation-requested"),
  "keys.tryKey": keyRow(() => ({ idempotencyKey: newId("request"), keyArn }), "keys.change-requested"),
  "keys.change": keyRow(() => ({ ...asked(), keyArn }), "keys.change-requested"),
};

/** An operator's request for a rotation. */
export async function rotationOf(world: MatrixWorld) {
  await clearKeys(world);
  const { tenantId } = world.ours;
  return { input: { tenantId, ...asked() }, of: tenantId, changes, audit: "keys.rotation-requested" };
}
