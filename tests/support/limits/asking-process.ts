import { setTimeout as sleep } from "node:timers/promises";
import { createPool } from "@leasehold/db/client";
import { isDomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { createLimits } from "@leasehold/tenancy/limits/create-limits";

// A process that asks for one tenant as fast as it is let until it is told to stop: `<database URL> <tenant> <plan>`.
const [url = "", tenantId = "", plan = ""] = process.argv.slice(2);
const pool = createPool(url, { max: 2, applicationName: "test-limits" });
const limits = createLimits({ pool });
const counts = { admitted: 0, refused: 0 };
let asking = true;

process.on("message", () => {
  asking = false;
});
process.send?.("ready");

while (asking) {
  try {
    (await limits.admit({ tenantId: tenantId as TenantId, plan })).release();
    counts.admitted += 1;
  } catch (error) {
    if (!isDomainError(error) || error.code !== "LIMIT_EXCEEDED") throw error;
    counts.refused += 1;
  }
  process.send?.(counts);
  await sleep(2);
}
await limits.close();
await pool.end();
process.disconnect();
