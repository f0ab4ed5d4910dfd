import { keyLossesRouter } from "./routers/key-losses.ts";
import { offboardingRouter } from "./routers/offboarding.ts";
import { operationsRouter } from "./routers/operations.ts";
import { operatorsRouter } from "./routers/operators.ts";
import { secondFactorsRouter } from "./routers/second-factors.ts";
import { sessionsRouter } from "./routers/sessions.ts";
import { suspensionRouter } from "./routers/suspension.ts";
import { tenantRecordsRouter } from "./routers/tenant-records.ts";
import { tenantsRouter } from "./routers/tenants.ts";
import { createCallerFactory, router } from "./trpc.ts";

export const consoleRouter = router({
  tenants: tenantsRouter,
  tenantRecords: tenantRecordsRouter,
  operations: operationsRouter,
  offboarding: offboardingRouter,
  suspension: suspensionRouter,
  keyLosses: keyLossesRouter,
  sessions: sessionsRouter,
  secondFactors: secondFactorsRouter,
  operators: operatorsRouter,
});
export type ConsoleRouter = typeof consoleRouter;

/** For server components and tests: the router without HTTP. */
export const createConsoleCaller = createCallerFactory(consoleRouter);
