import { type Closing, requestClosing, seedActiveTenant } from "./closing.ts";
import type { SkippedWorld } from "./skipped-closing.ts";

/** A closing of a tenant whose keys were under the pool's epoch, which is to turn at `due`. Its hold is over at once. */
export async function beginUnderEpoch(
  world: SkippedWorld,
  epoch: number,
  due: Date,
): Promise<{ closing: Closing; handle: Awaited<ReturnType<SkippedWorld["start"]>> }> {
  const { databases, pools } = world;
  await databases.query(
    "keyring",
    `insert into keyring.epochs (pool, epoch, branch_key, kms_key_arn, turn_wanted_at, turn_due_at) values ('pool', $1, '\\x01', 'arn:epoch', now(), $2)`,
    [epoch, due],
  );
  const closing = await requestClosing(pools, await seedActiveTenant(databases), { holdDays: 0 });
  const answer = { keyArn: "arn:epoch", state: "Enabled", answeredAt: due.toISOString() };
  const evidence = { type: "key", model: "shared-epoch", wrappedBefore: 3, wrappedAfter: 0, epoch, ...answer };
  await databases.query(
    "control",
    "insert into control.offboarding_evidence (tenant_id, operation_id, item, evidence) values ($1, $2, 'key:arn:epoch', $3)",
    [closing.tenantId, closing.operationId, JSON.stringify(evidence)],
  );
  return { closing, handle: await world.start(closing) };
}

/** What a turn leaves in the keyring when it has come so far. */
export async function moveEpoch({ databases }: SkippedWorld, epoch: number, state: "TURNING" | "HELD" | "RETIRED"): Promise<void> {
  const also = {
    TURNING: "turned_at = now()",
    HELD: "turn_due_at = now()",
    RETIRED: "branch_key = null, retired_at = now(), key_state = 'PendingDeletion'",
  };
  await databases.query("keyring", `update keyring.epochs set state = $1, ${also[state]} where epoch = $2`, [state, epoch]);
}
