import type { TenantId } from "@leasehold/domain/ids";
import { erasedAuthor } from "@leasehold/domain/offboarding/erasure";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { administrationQuery, withAdministration } from "../with-administration.ts";

export interface ApplicationTraces {
  apiKeys: number;
  documents: number;
  /** Rows of folders, documents and keys that name the person. */
  authorship: number;
  answers: number;
  auditDetails: number;
  /** Rows of the log by or about the person that have no place in the chain yet, and so keep their details. */
  unsealed: number;
}

export interface AuthoredDocument {
  documentId: string;
  objectKey: string;
}

/** The person's rows where the tenant's data is, counted. */
export async function countApplicationTraces(pool: pg.Pool, tenantId: TenantId, userId: string): Promise<ApplicationTraces> {
  const person = `user:${userId}`;
  const of = sql`x.tenant_id = ${tenantId}`;
  const about = sql`(x.actor = ${person} or x.target = ${userId})`;
  const { rows } = await administrationQuery(pool, tenantId, (tx) =>
    tx.execute<ApplicationTraces & Record<string, unknown>>(sql`
      select
        (select count(*)::int from app.api_keys x where ${of} and x.created_by = ${person}) as "apiKeys",
        (select count(*)::int from app.documents x where ${of} and x.created_by = ${person}) as documents,
        (select count(*)::int from app.folders x where ${of} and x.created_by = ${person})
          + (select count(*)::int from app.documents x where ${of} and x.created_by = ${person})
          + (select count(*)::int from app.api_keys x where ${of} and x.revoked_by = ${person}) as authorship,
        (select count(*)::int from app.idempotency_keys x where ${of} and x.actor = ${person}) as answers,
        (select count(*)::int from app.audit x where ${of} and ${about} and x.erased_at is null
          and (x.details <> '{}' or x.sealed_details is not null)) as "auditDetails",
        (select count(*)::int from app.audit x where ${of} and ${about} and x.seq is null) as unsealed`),
  );
  return rows[0] as ApplicationTraces;
}

/** The person's own documents, a page of them. */
export async function listAuthored(pool: pg.Pool, tenantId: TenantId, userId: string, limit: number): Promise<AuthoredDocument[]> {
  const { rows } = await administrationQuery(pool, tenantId, (tx) =>
    tx.execute<AuthoredDocument & Record<string, unknown>>(sql`
      select document_id as "documentId", object_key as "objectKey" from app.documents
      where tenant_id = ${tenantId} and created_by = ${`user:${userId}`} order by document_id limit ${limit}`),
  );
  return rows;
}

/**
 * Deletes documents whose bodies are gone, and gives back what they took of the limits. One whose body was moved meanwhile stays, for
 * the next look.
 */
export function deleteAuthored(pool: pg.Pool, tenantId: TenantId, userId: string, found: readonly AuthoredDocument[]): Promise<void> {
  return withAdministration(pool, tenantId, async (tx) => {
    await tx.execute(sql`
      with gone as (
        delete from app.documents d using unnest(
          ${sql.param(found.map(({ documentId }) => documentId))}::text[], ${sql.param(found.map(({ objectKey }) => objectKey))}::text[]
        ) as f (document_id, object_key)
        where d.tenant_id = ${tenantId} and d.created_by = ${`user:${userId}`} and d.document_id = f.document_id and d.object_key = f.object_key
        returning d.size_bytes, d.state),
      taken as (select count(*) as documents, coalesce(sum(size_bytes), 0) as bytes from gone where state <> 'DELETING')
      update app.tenant_limits l set documents = greatest(l.documents - t.documents, 0), stored_bytes = greatest(l.stored_bytes - t.bytes, 0)
      from taken t where l.tenant_id = ${tenantId}`);
  });
}

/** API keys of the person's end at once. */
export async function deleteApiKeys(pool: pg.Pool, tenantId: TenantId, userId: string): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`delete from app.api_keys where tenant_id = ${tenantId} and created_by = ${`user:${userId}`}`),
  );
}

/** Takes the person off everything that stays, and the details out of what the log says by or about them. */
export function eraseApplicationTraces(pool: pg.Pool, tenantId: TenantId, userId: string): Promise<void> {
  const person = `user:${userId}`;
  return withAdministration(pool, tenantId, async (tx) => {
    await tx.execute(sql`delete from app.idempotency_keys where tenant_id = ${tenantId} and actor = ${person}`);
    // The author is part of what a version stands for: an ETag from before is of somebody's copy that names the person.
    const anonymous = sql`created_by = ${erasedAuthor}, version = version + 1`;
    await tx.execute(sql`update app.folders set ${anonymous} where tenant_id = ${tenantId} and created_by = ${person}`);
    await tx.execute(sql`update app.documents set ${anonymous} where tenant_id = ${tenantId} and created_by = ${person}`);
    await tx.execute(sql`update app.api_keys set revoked_by = ${erasedAuthor} where tenant_id = ${tenantId} and revoked_by = ${person}`);
    for (const name of [person, userId]) await tx.execute(sql`select app.erase_audit_details(${tenantId}, ${name})`);
  });
}
