import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readAuditEnv } from "../env.ts";
import type { AuditHead } from "./audit-entry.ts";
import { readExport } from "./export-format.ts";
import { readTenantLog } from "./read-tenant-log.ts";
import { type AuditVerdict, verifyChain } from "./verify-chain.ts";
import { verifyExport } from "./verify-export.ts";

const usage = `pnpm audit:verify <export.ndjson|export.csv> [--anchors <anchors.ndjson> …]
pnpm audit:verify --tenant <tnt_…> [--anchors <anchors.ndjson> …]   (AUDIT_CONTROL_DATABASE_URL, AUDIT_APPLICATION_DATABASE_URL)`;

/** Lines that the worker wrote to the object store, of any tenants. */
function readAnchors(paths: readonly string[]): AuditHead[] {
  return paths.flatMap((path) =>
    readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line) as AuditHead),
  );
}

async function verify(): Promise<AuditVerdict | undefined> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { tenant: { type: "string" }, anchors: { type: "string", multiple: true } },
  });
  const [path] = positionals.filter((argument) => argument !== "--");
  const anchors = readAnchors(values.anchors ?? []);
  if (values.tenant !== undefined) {
    const { AUDIT_CONTROL_DATABASE_URL: control, AUDIT_APPLICATION_DATABASE_URL: application } = readAuditEnv();
    const { entries, heads } = await readTenantLog({ control, application }, values.tenant);
    const own = anchors.filter(({ tenantId }) => tenantId === values.tenant);
    return verifyChain(entries, [...heads, ...own]);
  }
  if (path === undefined) return undefined;
  const text = readFileSync(path, "utf8");
  const tenants = new Set(readExport(text).map(({ tenantId }) => tenantId));
  return verifyExport(
    text,
    anchors.filter(({ tenantId }) => tenants.has(tenantId)),
  );
}

try {
  const verdict = await verify();
  if (verdict === undefined) {
    console.error(usage);
    process.exitCode = 2;
  } else {
    for (const { kind, plane, seq, auditId, message } of verdict.problems)
      console.log(`${kind}: ${plane}${seq === null ? "" : ` ${seq}`}${auditId === null ? "" : ` ${auditId}`}: ${message}`);
    for (const { plane, seq, link } of verdict.heads) console.log(`end of ${plane}: ${seq} ${link}`);
    const { control, application } = verdict.verified;
    console.log(`${control + application} rows hold (${verdict.erased} without their details), ${verdict.problems.length} problems`);
    process.exitCode = verdict.problems.length === 0 ? 0 : 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
