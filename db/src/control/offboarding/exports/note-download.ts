import type { TenantContext } from "@leasehold/domain/context";
import type { ExportId } from "@leasehold/domain/offboarding/exports";
import type pg from "pg";
import { emitAudit } from "../../audit/emit-audit.ts";
import { withControl } from "../../with-control.ts";

/** A person was given a link to an export, or began to download it: the log says who, and when. */
export function noteExportUse(pool: pg.Pool, ctx: TenantContext, exportId: ExportId, use: "link-made" | "downloaded"): Promise<void> {
  return withControl(pool, { tenantId: ctx.tenantId }, (tx) => emitAudit(tx, ctx, `export.${use}`, exportId));
}
