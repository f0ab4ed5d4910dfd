import { eraseHome } from "@leasehold/db/application/placement/erase-home";
import { openHome } from "@leasehold/db/application/placement/open-home";
import { setLimits } from "@leasehold/db/application/placement/set-limits";
import { createDatabase, dropDatabase } from "@leasehold/db/bootstrap";
import { createPool, withDatabase } from "@leasehold/db/client";
import { migrate } from "@leasehold/db/migrate";
import { firstEpoch, siloDatabaseOf } from "@leasehold/domain/placement";
import { limitsOf, type PlanId, plans } from "@leasehold/domain/plans";
import type pg from "pg";
import { type StepNeeds, stepActivity, undoActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { resourceKinds } from "./resource-names.ts";
import { nothing, placeOf } from "./step-place.ts";

type Needs = Pick<OnboardingDependencies, keyof StepNeeds | "application" | "applicationDatabaseUrl" | "ownerDatabaseUrl">;

const isSilo = (plan: PlanId) => plans[plan].placement.database === "silo";

/** Idempotent by tenant id. The tenant's home row: in the pool, or in a database of its own, created and migrated here. */
export function prepareDataHome(needs: Needs) {
  return stepActivity(
    needs,
    placeOf("data-home"),
    async ({ tenantId, catalog: { plan }, signal }) => {
      const home = { kind: resourceKinds.home, name: tenantId };
      signal.throwIfAborted();
      if (!isSilo(plan)) {
        await openHome(needs.application, tenantId, firstEpoch);
        return { made: [home] };
      }
      const database = siloDatabaseOf(tenantId);
      await createDatabase(needs.ownerDatabaseUrl, database, "application");
      signal.throwIfAborted();
      await migrate(withDatabase(needs.ownerDatabaseUrl, database), "application");
      signal.throwIfAborted();
      await withSilo(needs, database, async (pool) => {
        await openHome(pool, tenantId, firstEpoch);
        await setLimits(pool, tenantId, limitsOf(plan));
      });
      return { made: [home, { kind: resourceKinds.database, name: database }] };
    },
    nothing,
  );
}

/** Idempotent by tenant id. Every row of the tenant goes but its audit rows in the pool; a database of its own goes whole. */
export function undoPrepareDataHome(needs: Needs) {
  return undoActivity(needs.control, "data-home", async ({ tenantId, catalog: { plan } }) => {
    if (isSilo(plan)) await dropDatabase(needs.ownerDatabaseUrl, siloDatabaseOf(tenantId));
    else await eraseHome(needs.application, tenantId);
    return { released: [resourceKinds.home, resourceKinds.database] };
  });
}

async function withSilo(needs: Needs, database: string, work: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const pool = createPool(withDatabase(needs.applicationDatabaseUrl, database), { max: 1, applicationName: "leasehold-worker" });
  try {
    await work(pool);
  } finally {
    await pool.end();
  }
}
