import { erasedAuthor } from "@leasehold/domain/offboarding/erasure";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { type ControlTransaction, controlQuery } from "../../with-control.ts";
import type { PersonErasure } from "./read-erasure.ts";

type Person = PersonErasure & { userId: string };

export interface ControlTraces {
  members: number;
  invitations: number;
  /** Other people's memberships that name the person as who invited them. */
  authorship: number;
  auditDetails: number;
  /** Rows of the log by or about the person that have no place in the chain yet, and so keep their details. */
  unsealed: number;
}

/** The person's rows in the control plane, counted. */
export async function countControlTraces(pool: pg.Pool, person: Person): Promise<ControlTraces> {
  const { tenantId, userId } = person;
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<ControlTraces & Record<string, unknown>>(sql`
      select
        (select count(*)::int from control.members m where m.tenant_id = ${tenantId} and m.user_id = ${userId}) as members,
        (select count(*)::int from control.invitations i where i.tenant_id = ${tenantId} and (${ofPerson(person)})) as invitations,
        (select count(*)::int from control.members m where m.tenant_id = ${tenantId} and m.invited_by = ${`user:${userId}`}) as authorship,
        (select count(*)::int from control.audit a where a.tenant_id = ${tenantId} and (${isAbout(userId)})
          and a.erased_at is null and a.details <> '{}') as "auditDetails",
        (select count(*)::int from control.audit a where a.tenant_id = ${tenantId} and (${isAbout(userId)}) and a.seq is null) as unsealed`),
  );
  return rows[0] as ControlTraces;
}

/** Membership and invitations end. Throws PRECONDITION_FAILED `last-owner`. The same again changes nothing. */
export async function endAccess(tx: ControlTransaction, person: Person): Promise<void> {
  const { tenantId, userId } = person;
  await tx.execute(sql`delete from control.members where tenant_id = ${tenantId} and user_id = ${userId}`);
  await tx.execute(sql`delete from control.invitations i where i.tenant_id = ${tenantId} and (${ofPerson(person)})`);
}

/** Takes the person off other people's memberships, and the details out of what the log says by or about them. */
export async function eraseControlTraces(tx: ControlTransaction, { tenantId, userId }: Person): Promise<void> {
  const person = `user:${userId}`;
  await tx.execute(sql`update control.members set invited_by = ${erasedAuthor} where tenant_id = ${tenantId} and invited_by = ${person}`);
  for (const name of [person, userId]) await tx.execute(sql`select control.erase_audit_details(${tenantId}, ${name})`);
}

/** The last of it: who it was stands nowhere any more, and the operation has succeeded. The same again changes nothing. */
export async function forgetPerson(
  tx: ControlTransaction,
  { tenantId, operationId }: Pick<PersonErasure, "tenantId" | "operationId">,
): Promise<void> {
  await tx.execute(sql`
    update control.person_erasures set user_id = null, invitation_ids = '[]', erased_at = clock_timestamp()
    where tenant_id = ${tenantId} and operation_id = ${operationId} and erased_at is null`);
}

const isAbout = (userId: string) => sql`a.actor = ${`user:${userId}`} or a.target = ${userId}`;

const ofPerson = ({ userId, invitationIds }: Person) => sql`
  i.accepted_by = ${userId} or i.invited_by = ${`user:${userId}`} or i.invitation_id = any (${sql.param(invitationIds)}::text[])`;
