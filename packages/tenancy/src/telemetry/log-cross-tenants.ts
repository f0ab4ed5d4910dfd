import { type CrossTenantPath, crossTenantPaths, watchCrossTenants } from "@leasehold/db/cross-tenants";
import type { Logger } from "../logger.ts";
import { countCrossTenants } from "./metrics.ts";

/** A sweep that runs many times a second is one line a minute, with how often it ran. */
const everyMs = 60_000;

/** Logs and counts every use of a path that may cross tenants, by its name in the register. @returns how to stop */
export function logCrossTenants(logger: Logger): () => void {
  const told = new Map<CrossTenantPath, { at: number; uses: number }>();
  return watchCrossTenants((path) => {
    countCrossTenants(path);
    const last = told.get(path) ?? { at: 0, uses: 0 };
    last.uses += 1;
    if (Date.now() - last.at >= everyMs) {
      logger.info({ path, uses: last.uses, why: crossTenantPaths[path] }, "across tenants");
      last.at = Date.now();
      last.uses = 0;
    }
    told.set(path, last);
  });
}
