import { withConnection } from "@leasehold/db/client";
import type { OperationId } from "@leasehold/domain/ids";
import { onboardingStepsFor } from "@leasehold/domain/onboarding/steps";
import { plans } from "@leasehold/domain/plans";
import type { PreparedSignUp } from "../support/onboard.ts";
import { storeAndReadDocument } from "../support/use-workspace.ts";
import type { World } from "../support/world.ts";
import { listTraces } from "./tenant-traces.ts";

interface Facts {
  state: string;
  current_operation: string | null;
  operation: string;
  steps: Record<string, string>;
  unmade: number;
  activations: number;
  owners: number;
  slugs: number;
}

/** Throws unless the tenant is ACTIVE with every step done once, and a person of it stores and reads a document. */
export async function assertWhole(world: World, signUp: PreparedSignUp, operationId: OperationId): Promise<void> {
  const facts = await readFacts(world, signUp, operationId);
  const done = onboardingStepsFor(plans[signUp.plan].placement).map((step) => [step, "SUCCEEDED"]);
  expectEqual("the catalog", facts, {
    state: "ACTIVE",
    current_operation: null,
    operation: "SUCCEEDED",
    steps: Object.fromEntries(done),
    unmade: 0,
    activations: 1,
    owners: 1,
    slugs: 1,
  });
  await storeAndReadDocument(world, signUp);
  const traces = await listTraces(world, signUp.tenantId);
  const enabled = { "key Enabled": traces["key Enabled"], "keyring.keyring.data_keys": traces["keyring.keyring.data_keys"] };
  const ownKey = plans[signUp.plan].placement.key === "epoch" ? undefined : 1;
  expectEqual("the tenant's keys", enabled, { "key Enabled": ownKey, "keyring.keyring.data_keys": 3 });
}

/** Throws unless nothing is left of the tenant but the record of the attempt, and keys that wait for their deletion. */
export async function assertGone(world: World, signUp: PreparedSignUp, operationId: OperationId): Promise<void> {
  const { state, current_operation, operation, activations, slugs } = await readFacts(world, signUp, operationId);
  const facts = { state, current_operation, operation, activations, slugs };
  expectEqual("the catalog", facts, { state: "FAILED", current_operation: null, operation: "ROLLED_BACK", activations: 0, slugs: 0 });
  const { "key PendingDeletion": _, ...traces } = await listTraces(world, signUp.tenantId);
  expectEqual("what is left of the tenant", traces, {});
}

async function readFacts(world: World, { tenantId }: PreparedSignUp, operationId: OperationId): Promise<Facts> {
  return withConnection(world.ownerUrl("control"), async (client) => {
    const { rows } = await client.query<Facts>(
      `select t.state, t.current_operation, o.state as operation,
        (select jsonb_object_agg(s.step, s.state) from control.operation_steps s where s.operation_id = o.operation_id) as steps,
        (select count(*)::int from control.resources r where r.tenant_id = t.tenant_id and r.state <> 'MADE') as unmade,
        (select count(*)::int from control.outbox e where e.tenant_id = t.tenant_id) as activations,
        (select count(*)::int from control.members m where m.tenant_id = t.tenant_id and m.role = 'owner') as owners,
        (select count(*)::int from control.slugs s where s.tenant_id = t.tenant_id) as slugs
      from control.tenants t join control.operations o on o.tenant_id = t.tenant_id where o.operation_id = $1 and t.tenant_id = $2`,
      [operationId, tenantId],
    );
    if (rows[0] === undefined) throw new Error(`there is no operation ${operationId}`);
    return rows[0];
  });
}

function expectEqual(what: string, found: object, wanted: object): void {
  const text = (value: object) =>
    JSON.stringify(value, (_, inner) =>
      inner && typeof inner === "object" && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).toSorted()) : inner,
    );
  if (text(found) !== text(wanted)) throw new Error(`${what}: ${text(found)} is not ${text(wanted)}`);
}
