import type { ExportRef } from "@leasehold/domain/offboarding/exports";
import type { JWK } from "jose";
import type { OffboardingDependencies } from "../dependencies.ts";

/** What exports reach: everything but the tenant's data, which the application plane alone opens. */
export type ExportDependencies = Pick<
  OffboardingDependencies,
  "control" | "retryForMs" | "applicationDatabaseUrl" | "s3" | "applicationUrl" | "tokenKey"
> & {
  /** Opens the names that the portal has sealed. */
  peopleKey: JWK;
  /** How long the portal is waited for that seals them, in milliseconds. */
  peopleWaitMs: number;
  /** Starts the run that builds an export, once however often it is asked. */
  startExportRun(ref: ExportRef): Promise<unknown>;
};
