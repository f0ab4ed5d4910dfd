import type { AuditFilter } from "@leasehold/db/audit/audit-filter";
import { listAudit } from "@leasehold/db/control/audit/list-audit";
import { decodeCursor } from "@leasehold/db/control/cursor";
import type { Workspace } from "@leasehold/db/control/members/list-members";
import { DatabaseFault } from "@leasehold/db/errors";
import type { TenantContext } from "@leasehold/domain/context";
import { isDomainError } from "@leasehold/domain/errors";
import { applicationClient, callApplication } from "../application/client.ts";
import type { RequestContext } from "../context.ts";

interface Asking {
  services: RequestContext["services"];
  requestId: string;
  workspace: Workspace;
  tenant: TenantContext;
  signedIn: { userId: string };
}

export interface AuditItem {
  auditId: string;
  actor: string;
  action: string;
  target: string;
  details: Record<string, unknown>;
  createdAt: Date;
  sealed: boolean;
}

export interface AuditPage {
  items: AuditItem[];
  nextCursor: string | null;
  /** The application plane's rows were asked for and are left out: it could not be reached. */
  documentsAway: boolean;
}

/**
 * A page of the log, newest first: the control plane's rows and, when asked for, those of the application plane among them. One cursor
 * serves both: rows of the two are in one order, by time and id.
 */
export async function readAuditPage(
  ctx: Asking,
  { cursor, limit, documents, ...filter }: AuditFilter & { cursor?: string; limit: number; documents: boolean },
): Promise<AuditPage> {
  const [control, application] = await Promise.all([
    listAudit(ctx.services.control, ctx.tenant.tenantId, { ...filter, cursor, limit }).catch(refuseCursor),
    documents ? readDocumentsLog(ctx, { ...filter, cursor, limit: limit + 1 }) : [],
  ]);
  const merged = [
    ...control.items.map((row) => ({ ...row, order: decodeCursor(row.cursor) })),
    ...(application ?? []).map((row) => ({ ...row, order: [row.at, row.auditId] as const })),
  ].toSorted((a, b) => (a.order[0] === b.order[0] ? compare(b.order[1], a.order[1]) : compare(b.order[0], a.order[0])));
  const shown = merged.slice(0, limit);
  const last = shown.at(-1);
  const more = merged.length > limit || control.nextCursor !== null;
  return {
    items: shown.map(({ auditId, actor, action, target, details, createdAt, seq }) => ({
      auditId,
      actor,
      action,
      target,
      details,
      createdAt,
      sealed: seq !== null,
    })),
    nextCursor: more && last ? Buffer.from(JSON.stringify(last.order)).toString("base64url") : null,
    documentsAway: application === undefined,
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

async function readDocumentsLog(ctx: Asking, { cursor, limit, from, to, ...filter }: AuditFilter & { cursor?: string; limit: number }) {
  const [before, beforeId] = cursor === undefined ? [] : decodeCursor(cursor);
  const client = applicationClient(ctx.services, ctx.workspace, ctx.signedIn.userId, ctx.requestId);
  try {
    return await callApplication(
      client.audit.list.query({ ...filter, from: from?.toISOString(), to: to?.toISOString(), before, beforeId, limit }),
    );
  } catch (error) {
    if (isDomainError(error) && (error.code === "UNAVAILABLE" || error.code === "PRECONDITION_FAILED")) return undefined;
    throw error;
  }
}

/** Class 22 is about values, and the cursor's are the only ones that the caller writes. */
function refuseCursor(error: unknown): never {
  if (error instanceof DatabaseFault && error.sqlState?.startsWith("22")) decodeCursor("");
  throw error;
}
