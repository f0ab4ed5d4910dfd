import type { Role } from "@leasehold/domain/roles";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { withControl } from "../with-control.ts";

export interface PeopleWithEnds {
  /** At most 200, the newest first. Ids alone: names and addresses stay in the tenant's own portal. */
  people: {
    userId: string;
    role: Role;
    since: Date;
    /** Whether their sessions are about to end. */
    ending: boolean;
  }[];
  /** The latest 20, newest first. */
  ends: {
    requestId: string;
    requestedBy: string;
    reason: string;
    requestedAt: Date;
    /** How many sessions there were; null until they have ended. */
    sessions: number | null;
  }[];
}

/** Who is in a tenant, by id, and whose sessions operators have ended there. */
export function listSessionEnds(pool: Pool, tenantId: string): Promise<PeopleWithEnds> {
  return withControl(pool, { tenantId }, async (tx) => {
    const people = await tx.execute<{ userId: string; role: Role; since: string; ending: boolean }>(sql`
      SELECT m.user_id AS "userId", m.role, m.created_at AS since,
        EXISTS (SELECT FROM control.session_ends s WHERE s.tenant_id = m.tenant_id AND s.user_id = m.user_id) AS ending
      FROM control.members m WHERE m.tenant_id = ${tenantId} ORDER BY m.created_at DESC, m.user_id LIMIT 200`);
    const ends = await tx.execute<{ requestId: string; requestedBy: string; reason: string; at: string; sessions: number | null }>(sql`
      SELECT request_id AS "requestId", requested_by AS "requestedBy", reason, requested_at AS at, sessions
      FROM control.session_ends WHERE tenant_id = ${tenantId} ORDER BY requested_at DESC, request_id LIMIT 20`);
    return {
      people: people.rows.map(({ since, ...person }) => ({ ...person, since: new Date(since) })),
      ends: ends.rows.map(({ at, ...end }) => ({ ...end, requestedAt: new Date(at) })),
    };
  });
}
