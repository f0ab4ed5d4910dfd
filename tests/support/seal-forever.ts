import { sealAudit } from "@leasehold/db/audit/seal-audit";
import { createPool } from "@leasehold/db/client";

// A sealer in a process of its own, for tests that kill it: `node seal-forever.ts <url of the control database as worker>`.
const pool = createPool(process.argv[2] ?? "", { max: 2 });
process.send?.("ready");
for (;;) await sealAudit(pool, "control");
