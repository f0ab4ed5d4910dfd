import type { TenantId } from "@leasehold/domain/ids";
import type { Role } from "@leasehold/domain/roles";
import type { SuspensionAccess } from "@leasehold/domain/suspension/kinds";
import { and, asc, eq, sql } from "drizzle-orm";
import type { Pool } from "pg";
import { members } from "../schema/members.ts";
import { tenants } from "../schema/tenants.ts";
import { controlQuery } from "../with-control.ts";

export interface Member {
  userId: string;
  role: Role;
  createdAt: Date;
}

/** Everybody in one tenant, longest first. */
export function listMembers(pool: Pool, tenantId: TenantId): Promise<Member[]> {
  const { userId, role, createdAt } = members;
  return controlQuery(pool, { tenantId }, (tx) =>
    tx.select({ userId, role, createdAt }).from(members).where(eq(members.tenantId, tenantId)).orderBy(asc(createdAt), asc(userId)),
  );
}

export interface Workspace {
  tenantId: TenantId;
  slug: string;
  name: string;
  plan: string;
  state: string;
  /** What is left of a suspended workspace: its owners read, or nobody does anything. */
  suspendedAccess: SuspensionAccess | null;
  role: Role;
}

const workspaceColumns = {
  tenantId: tenants.tenantId,
  slug: tenants.slug,
  name: tenants.name,
  plan: tenants.plan,
  state: tenants.state,
  suspendedAccess: tenants.suspendedAccess,
  role: members.role,
};

/** The workspaces that a person is a member of, by name. */
export function listWorkspaces(pool: Pool, userId: string): Promise<Workspace[]> {
  return controlQuery(pool, { userId }, (tx) =>
    tx
      .select(workspaceColumns)
      .from(members)
      .innerJoin(tenants, eq(tenants.tenantId, members.tenantId))
      .where(and(eq(members.userId, userId), sql`${tenants.state} NOT IN ('FAILED', 'CLOSED')`))
      .orderBy(asc(tenants.name), asc(tenants.tenantId)),
  );
}

/** A person's membership in the workspace at an address; undefined when there is none, or no such workspace. */
export async function findMembership(pool: Pool, userId: string, slug: string): Promise<Workspace | undefined> {
  const rows = await controlQuery(pool, { userId }, (tx) =>
    tx
      .select(workspaceColumns)
      .from(members)
      .innerJoin(tenants, eq(tenants.tenantId, members.tenantId))
      .where(and(eq(members.userId, userId), eq(tenants.slug, slug), sql`${tenants.state} NOT IN ('FAILED', 'CLOSED')`)),
  );
  return rows[0];
}
