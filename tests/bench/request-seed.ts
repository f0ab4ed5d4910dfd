import { sealDocument } from "@leasehold/application/documents/document-cells";
import { withConnection, withDatabase } from "@leasehold/db/client";
import { newId, type TenantId } from "@leasehold/domain/ids";
import type { DataKeys } from "@leasehold/tenancy/keys/data-keys";
import type { ApplicationTenant, ApplicationWorld } from "../support/application-world.ts";

export interface BenchTenant extends ApplicationTenant {
  userId: string;
  /** Sealed under the tenant's own key, and under the bare server's. */
  documents: { ours: string; bare: string };
}

export interface Seeded {
  /** With keys of their own, and asked for documents. */
  active: BenchTenant[];
  /** All that have a place; the active ones among them. */
  known: TenantId[];
}

export interface SeedAmounts {
  active: number;
  tenants: number;
  rows: number;
  known: number;
}

export const documentNameOf = (tenantId: string) => `Document of ${tenantId}`;

/** The login that no policy holds for: for loading, and for the bare server. */
export function adminUrlOf({ world }: ApplicationWorld): string {
  return withDatabase(world.stack.database.adminUrl, world.stack.database.names.application);
}

/** Tenants and rows in the pool; `bareKeys` are the bare server's. */
export async function seedPool(application: ApplicationWorld, bareKeys: DataKeys, amounts: SeedAmounts): Promise<Seeded> {
  const active: BenchTenant[] = [];
  while (active.length < amounts.active) {
    const made = await Promise.all(Array.from({ length: 4 }, () => application.createTenant()));
    for (const tenant of made)
      active.push({ ...tenant, userId: newId("user"), documents: { ours: newId("document"), bare: newId("document") } });
  }
  const others = Array.from({ length: amounts.known - active.length }, () => newId("tenant"));
  const known = [...active.map(({ tenantId }) => tenantId), ...others];
  await withConnection(adminUrlOf(application), async (admin) => {
    // Triggers and keys between tables look at each row; what is loaded here is whole by itself.
    await admin.query("set session_replication_role = replica");
    const model = active[0]?.tenantId;
    await admin.query("insert into app.tenant_home (tenant_id, epoch) select unnest($1::text[]), 1", [others]);
    await admin.query(
      `insert into app.tenant_limits (tenant_id, limits)
       select id, (select limits from app.tenant_limits where tenant_id = $2) from unnest($1::text[]) as id`,
      [others, model],
    );
    await admin.query(
      `insert into app.tenant_placement (tenant_id, epoch, state, plan, region, database, bucket, object_prefix, key_arn, role_arn)
       select id, 1, state, plan, region, database, bucket, replace(object_prefix, $2, id), key_arn, role_arn
       from unnest($1::text[]) as id, app.tenant_placement where tenant_id = $2`,
      [others, model],
    );
    await admin.query(
      `insert into app.documents (tenant_id, document_id, name_cipher, name_hmac, content_type_cipher, object_key, key_version, state, created_by)
       select ($1::text[])[1 + n % cardinality($1::text[])], 'doc_' || lpad(upper(to_hex(n)), 26, '0'),
         decode(repeat(md5(n::text), 3), 'hex'), decode(repeat(md5(n::text), 2), 'hex'), decode(repeat(md5(n::text), 3), 'hex'),
         'documents/' || n, 1, 'STORED', 'user:bench'
       from generate_series(1, $2::integer) as n`,
      [known.slice(0, amounts.tenants), amounts.rows],
    );
    for (const tenant of active) {
      for (const [documentId, keys] of [
        [tenant.documents.ours, application.kit.keys],
        [tenant.documents.bare, bareKeys],
      ] as const) {
        const name = documentNameOf(tenant.tenantId);
        const sealed = await sealDocument(keys, tenant, documentId, { name, contentType: "text/plain" });
        await admin.query(
          `insert into app.documents (tenant_id, document_id, name_cipher, name_hmac, content_type_cipher, object_key, key_version, state, created_by)
           values ($1, $2, $3, decode(md5($2), 'hex'), $4, 'documents/read', $5, 'STORED', 'user:bench')`,
          [tenant.tenantId, documentId, sealed.nameCipher, sealed.contentTypeCipher, sealed.keyVersion],
        );
      }
    }
    // What loading leaves to be done in the background is done now, not beside what is measured.
    await admin.query("vacuum analyze");
    await admin.query("checkpoint");
  });
  return { active, known };
}
