import { sql } from "drizzle-orm";
import type { TenantTransaction } from "../with-tenant.ts";

/** What a person made where the tenant's data is. Uploads under way count. */
export interface Authored {
  documents: number;
  documentBytes: number;
  folders: number;
  /** Those that still work, or did until they ran out. */
  apiKeys: number;
}

/** Counted as the tenant's own login sees it. */
export async function countAuthored(tx: TenantTransaction, tenantId: string, userId: string): Promise<Authored> {
  const person = `user:${userId}`;
  const { rows } = await tx.execute<Record<keyof Authored, string>>(sql`
    select d.documents, d.bytes as "documentBytes",
      (select count(*) from app.folders f where f.tenant_id = ${tenantId} and f.created_by = ${person}) as folders,
      (select count(*) from app.api_keys k where k.tenant_id = ${tenantId} and k.created_by = ${person}) as "apiKeys"
    from (select count(*) as documents, coalesce(sum(size_bytes), 0) as bytes from app.documents
      where tenant_id = ${tenantId} and created_by = ${person}) as d`);
  const count = (key: keyof Authored) => Number(rows[0]?.[key] ?? 0);
  return { documents: count("documents"), documentBytes: count("documentBytes"), folders: count("folders"), apiKeys: count("apiKeys") };
}
