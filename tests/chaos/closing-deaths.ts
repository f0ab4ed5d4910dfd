import { withConnection } from "@leasehold/db/client";
import { listEvidence } from "@leasehold/db/control/offboarding/list-evidence";
import type { TenantId } from "@leasehold/domain/ids";
import type { StoreEvidence } from "@leasehold/domain/offboarding/certificate";
import { type OffboardingStep, offboardingSteps } from "@leasehold/domain/offboarding/steps";
import { storesOf } from "@leasehold/domain/offboarding/stores";
import type { WholeClosing, WholeTenant, WholeWorld } from "../support/offboarding/whole-world.ts";

/** Steps up to the first stamp, which is where the emulator's keys stay. */
export const deadlySteps = offboardingSteps.map(({ step }) => step).filter((step) => step !== "finality" && step !== "close");

/** Of these a step leaves nothing behind, whoever died in it. */
const emptied: OffboardingStep[] = ["destroy-keys", "delete-objects", "delete-rows", "delete-stack", "delete-identities"];

/**
 * A closing whose worker is killed at each of the steps, as soon as the catalog says that the step runs, or after it has ended where it
 * was too quick to be met.
 * @returns how often the worker was killed
 */
export async function closeUnderDeaths(whole: WholeWorld, tenant: WholeTenant, steps: readonly OffboardingStep[]): Promise<number> {
  const before = await readChanges(whole, tenant.tenantId);
  const closing = await whole.close(tenant);
  let deaths = 0;
  for (const step of deadlySteps) {
    if (!steps.includes(step)) continue;
    await whole.awaitStep(closing, step, ["RUNNING", "RETRYING", "SUCCEEDED"]);
    await whole.killWorker();
    deaths++;
  }
  await whole.awaitStep(closing, "certify", ["SUCCEEDED"], 300_000);
  await assertClosed(whole, closing, before);
  return deaths;
}

async function assertClosed(whole: WholeWorld, { tenantId, closingId }: WholeClosing, others: string): Promise<void> {
  const { world } = whole;
  const ref = { tenantId, operationId: closingId };
  const stores = (await listEvidence(world.pool("control", "worker"), ref))
    .map(({ evidence }) => evidence as StoreEvidence)
    .filter(({ type }) => type === "store");
  for (const { store, disposition } of emptied.flatMap((step) => storesOf(step))) {
    const found = stores.find((one) => one.store === store);
    if (disposition === "deleted" && found?.after !== 0) throw new Error(`${store} holds ${found?.after ?? "nobody knows how much"}`);
  }
  const once = "select count(*)::int as count from control.hold_changes where operation_id = $1 and kind = 'ended'";
  const [ended] = (await world.pool("control", "auditor").query<{ count: number }>(once, [closingId])).rows;
  if (ended?.count !== 1) throw new Error(`the last instant came ${ended?.count} times`);
  const certificates = "select count(*)::int as count from control.certificates where tenant_id = $1 and kind = 'closure'";
  const [stamps] = (await world.pool("control", "auditor").query<{ count: number }>(certificates, [tenantId])).rows;
  if (stamps?.count !== 1) throw new Error(`there are ${stamps?.count} first stamps`);
  if ((await readChanges(whole, tenantId)) !== others) throw new Error("another tenant's keys have changed");
}

/** Wrapped keys of the others, as text that can be compared. */
function readChanges({ world }: WholeWorld, without: TenantId): Promise<string> {
  const text = `select tenant_id, version, purpose, encode(wrapped, 'hex') as wrapped from keyring.data_keys
    where tenant_id <> $1 order by tenant_id, purpose, version`;
  return withConnection(world.ownerUrl("keyring"), async (owner) => JSON.stringify((await owner.query(text, [without])).rows));
}
