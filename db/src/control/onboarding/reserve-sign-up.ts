import { DomainError } from "@leasehold/domain/errors";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { type PlanId, plans } from "@leasehold/domain/plans";
import { slugProblem, slugProblemMessages } from "@leasehold/domain/slugs";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { type ControlTransaction, withControl } from "../with-control.ts";
import { readSignUp } from "./read-sign-up.ts";

/** How long an address waits for its e-mail to be verified. */
export const reservationHours = 24;

export interface SignUpRequest {
  organizationName: string;
  slug: string;
  plan: PlanId;
  region: string;
  idempotencyKey: string;
  /** Keyed hash of the request with its e-mail and without its password, which the catalog keeps in no form. */
  bodyHash: string;
  capabilityHash: string;
  requestId: string;
}

export interface ReservedSignUp {
  signUpId: `sup_${string}`;
  tenantId: TenantId;
  state: "PENDING_VERIFICATION" | "VERIFIED" | "EXPIRED";
  expiresAt: Date;
  outcome: "reserved" | "repeated";
}

/**
 * Takes tenant id, address and idempotency key in one transaction. The same key and body give the same sign-up back,
 * however many ask at once; nothing is written when anything is refused.
 * Throws VALIDATION (`slug`, `plan`) or CONFLICT (`slug-taken` on `slug`, `idempotency-key-reused`).
 */
export async function reserveSignUp(pool: Pool, request: SignUpRequest): Promise<ReservedSignUp> {
  const problem = slugProblem(request.slug);
  if (problem) throw new DomainError("VALIDATION", slugProblemMessages[problem], { field: "slug", reason: `slug-${problem}` });
  if (!Object.hasOwn(plans, request.plan))
    throw new DomainError("VALIDATION", "Choose one of the plans shown.", { field: "plan", reason: "plan-unknown" });
  const tenantId = newId("tenant");
  const signUpId = newId("signUp");
  return withControl(pool, { tenantId, capabilityHash: request.capabilityHash }, async (tx) => {
    const inserted = await tx.execute<{ expires_at: string }>(sql`
      INSERT INTO control.sign_ups
        (sign_up_id, idempotency_key, body_hash, capability_hash, tenant_id, slug, organization_name, plan, region, expires_at)
      VALUES (${signUpId}, ${request.idempotencyKey}, ${request.bodyHash}, ${request.capabilityHash}, ${tenantId}, ${request.slug},
        ${request.organizationName}, ${request.plan}, ${request.region}, now() + make_interval(hours => ${reservationHours}))
      ON CONFLICT DO NOTHING RETURNING expires_at`);
    const row = inserted.rows[0];
    if (!row) return repeated(tx, request);
    await reserveSlug(tx, tenantId, request.slug);
    await tx.execute(sql`
      INSERT INTO control.audit (tenant_id, audit_id, actor, action, target, request_id)
      VALUES (${tenantId}, ${newId("audit")}, ${`sign-up:${signUpId}`}, 'sign-up.requested', ${signUpId}, ${request.requestId})`);
    return { signUpId, tenantId, state: "PENDING_VERIFICATION", expiresAt: new Date(row.expires_at), outcome: "reserved" };
  });
}

async function repeated(tx: ControlTransaction, request: SignUpRequest): Promise<ReservedSignUp> {
  const existing = await readSignUp(tx, request.capabilityHash);
  if (!existing || existing.bodyHash !== request.bodyHash) throw keyReused();
  const { signUpId, tenantId, state, expiresAt } = existing;
  return { signUpId, tenantId, state, expiresAt, outcome: "repeated" };
}

/** One answer for every form that was sent before with other contents. */
export function keyReused(): DomainError {
  return new DomainError("CONFLICT", "This form was sent before with other contents. Reload the page and fill it in again.", {
    reason: "idempotency-key-reused",
  });
}

/** Over a reservation that has ended; never over one that has not. */
async function reserveSlug(tx: ControlTransaction, tenantId: TenantId, slug: string): Promise<void> {
  await tx.execute(sql`DELETE FROM control.slugs WHERE slug = ${slug} AND reserved_until < now()`);
  const taken = await tx.execute(sql`
    INSERT INTO control.slugs (slug, tenant_id, reserved_until)
    VALUES (${slug}, ${tenantId}, now() + make_interval(hours => ${reservationHours})) ON CONFLICT (slug) DO NOTHING RETURNING slug`);
  if (taken.rowCount === 1) return;
  throw new DomainError("CONFLICT", "This address is taken. Choose another.", { field: "slug", reason: "slug-taken" });
}
