import { createPool, withConnection } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { createLogger } from "@leasehold/tenancy/logger";
import { startReconciler } from "@leasehold/worker/operations/start-reconciler";
import { afterAll, beforeAll, expect, test } from "vitest";
import { awaitOutcome, decide } from "../support/onboarding-outcome.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ apps: ["application", "worker"] });
});
afterAll(() => world[Symbol.asyncDispose]());

test.each(["retry-step", "roll-back"] as const)(
  "an operation that Temporal does not know needs attention; %s takes it up",
  async (action) => {
    const tenant = await requestOnboarding(world.pool("control", "portal"), { withCommand: false });
    await withConnection(world.ownerUrl("control"), (owner) =>
      owner.query(
        `insert into control.commands (tenant_id, command_id, operation_id, kind, idempotency_key, body_hash, actor, request_id, state, dispatched_at)
       values ($1, $2, $3, 'onboard-tenant', $2, 'h', 'user:x', 'r', 'DISPATCHED', now() - interval '1 minute')`,
        [tenant.tenantId, newId("command"), tenant.operationId],
      ),
    );
    const control = createPool(world.urlOf("control", "worker"), { max: 2 });
    const logger = createLogger({ name: "test", level: "silent" });
    const reconciler = startReconciler({ control, client: world.temporal, logger, everyMs: 100, olderThanSeconds: 10 });
    try {
      expect(await awaitOutcome(world, tenant)).toMatchObject({
        state: "NEEDS_ATTENTION",
        attention_step: "place",
        attention_code: "UNAVAILABLE",
      });
    } finally {
      await reconciler.stop();
      await control.end();
    }
    await decide(world, tenant, action, "place");
    const ended = action === "retry-step" ? "SUCCEEDED" : "ROLLED_BACK";
    expect((await awaitOutcome(world, tenant, [ended])).state).toBe(ended);
  },
);
