import { listAudit } from "@leasehold/db/application/audit/list-audit";
import { readChain } from "@leasehold/db/application/audit/read-chain";
import { detailsLost, type OpenedDetails, openAuditDetails } from "@leasehold/tenancy/audit/sealed-details";
import { z } from "zod";
import { router, tenantProcedure } from "../trpc/init.ts";

const instant = z.iso.datetime({ offset: true });
/** As the database writes a time, with its microseconds. */
const databaseTime = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}(:\d{2})?$/;
const listInput = z.object({
  actor: z.string().max(80).optional(),
  action: z.string().max(80).optional(),
  from: instant.optional(),
  to: instant.optional(),
  /** `at` and `auditId` of the last row shown. */
  before: z.string().regex(databaseTime, "It is the `at` of a row.").optional(),
  beforeId: z.string().max(40).optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
const chainInput = z.object({
  after: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(1_000).default(500),
});
const list = tenantProcedure("audit:read", { method: "GET", path: "/audit", summary: "List what was done", tag: "Audit" });
const chain = tenantProcedure("audit:read", {
  method: "GET",
  path: "/audit/chain",
  summary: "Read the audit chain in its order",
  tag: "Audit",
});

export const auditRouter = router({
  /** What happened in the application plane, newest first, with encrypted details in the clear. */
  list: list.input(listInput).query(async ({ ctx: { kit, app }, input: { before, beforeId, from, to, ...input } }) => {
    const times = { from: from === undefined ? undefined : new Date(from), to: to === undefined ? undefined : new Date(to) };
    const page = { ...input, ...times, before: before === undefined ? undefined : ([before, beforeId ?? ""] as const) };
    const rows = await kit.data.query(app, "read", (tx) => listAudit(tx, app.tenantId, page));
    const opened = await openAuditDetails(kit.keys, app, rows);
    return rows.map(({ sealedDetails: _, ...row }, index) => ({
      ...row,
      details: { ...row.details, ...namesOf(opened[index]) },
    }));
  }),

  /** A piece of the chain, as it is exported and verified. */
  chain: chain.input(chainInput).query(async ({ ctx: { kit, app }, input }) => {
    const rows = await kit.data.query(app, "read", (tx) => readChain(tx, app.tenantId, input.after, input.limit));
    const opened = await openAuditDetails(
      kit.keys,
      app,
      rows.map(({ entry, sealedDetails }) => ({ auditId: entry.auditId, sealedDetails })),
    );
    return rows.map(({ entry }, index) => ({ ...entry, ...sealedOf(opened[index]) }));
  }),
});

type Opened = OpenedDetails | typeof detailsLost | null | undefined;

function namesOf(opened: Opened): Record<string, unknown> {
  if (opened === detailsLost) return { nameLost: true };
  return JSON.parse(opened?.details ?? "{}") as Record<string, unknown>;
}

/** As the chain has them: details whose key is lost are as erased ones, and the commitment stays. */
export function sealedOf(opened: Opened): { sealedDetails: string | null; sealedSalt: string | null } {
  if (opened === detailsLost) return { sealedDetails: null, sealedSalt: null };
  return { sealedDetails: opened?.details ?? null, sealedSalt: opened?.salt ?? null };
}
