import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../../with-control.ts";

export interface ExportedMember {
  userId: string;
  role: string;
  joinedAt: string;
}

/** A page of a tenant's members by their ids. */
export async function listExportedMembers(pool: pg.Pool, tenantId: TenantId, after: string, limit: number): Promise<ExportedMember[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ userId: string; role: string; at: string }>(sql`
      select user_id as "userId", role, created_at as at from control.members
      where tenant_id = ${tenantId} and user_id > ${after} order by user_id limit ${limit}`),
  );
  return rows.map(({ userId, role, at }) => ({ userId, role, joinedAt: new Date(at).toISOString() }));
}

export interface ExportedInvitation {
  invitationId: string;
  email: string;
  role: string;
  state: string;
  expiresAt: string;
}

/** A page of a tenant's invitations, settled ones too, by their ids. */
export async function listExportedInvitations(
  pool: pg.Pool,
  tenantId: TenantId,
  after: string,
  limit: number,
): Promise<ExportedInvitation[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<Record<keyof ExportedInvitation, string>>(sql`
      select invitation_id as "invitationId", email, role, state, expires_at as "expiresAt" from control.invitations
      where tenant_id = ${tenantId} and invitation_id > ${after} order by invitation_id limit ${limit}`),
  );
  return rows.map((row) => ({ ...row, expiresAt: new Date(row.expiresAt).toISOString() }));
}

/** What `settings.json` says: how the tenant is set up, and no id of a key, a role or a stack. */
export async function readExportedSettings(pool: pg.Pool, tenantId: TenantId): Promise<Record<string, unknown>> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<Record<string, unknown>>(sql`
      select t.tenant_id as "tenantId", t.slug, t.name, t.plan, t.region, t.state, t.limits, t.created_at as "createdAt", t.activated_at as "activatedAt",
        coalesce(k.custody, 'platform') as "keyCustody"
      from control.tenants t left join control.tenant_keys k on k.tenant_id = t.tenant_id where t.tenant_id = ${tenantId}`),
  );
  const row = rows[0] ?? {};
  const iso = (value: unknown) => (value === null || value === undefined ? null : new Date(String(value)).toISOString());
  return { ...row, createdAt: iso(row.createdAt), activatedAt: iso(row.activatedAt) };
}
