import type { TenantId } from "@leasehold/domain/ids";
import { and, desc, eq } from "drizzle-orm";
import type { Pool } from "pg";
import { signUps } from "../schema/sign-ups.ts";
import { type ControlTransaction, controlQuery } from "../with-control.ts";

export interface SignUp {
  signUpId: `sup_${string}`;
  tenantId: TenantId;
  slug: string;
  organizationName: string;
  plan: string;
  state: "PENDING_VERIFICATION" | "VERIFIED" | "EXPIRED";
  bodyHash: string;
  operationId: string | null;
  userId: string | null;
  expiresAt: Date;
}

const columns = {
  signUpId: signUps.signUpId,
  tenantId: signUps.tenantId,
  slug: signUps.slug,
  organizationName: signUps.organizationName,
  plan: signUps.plan,
  state: signUps.state,
  bodyHash: signUps.bodyHash,
  operationId: signUps.operationId,
  userId: signUps.userId,
  expiresAt: signUps.expiresAt,
};

/** The sign-up that a capability opens, inside a transaction that presented it; undefined for any other. */
export async function readSignUp(tx: ControlTransaction, capabilityHash: string): Promise<SignUp | undefined> {
  const [row] = await tx.select(columns).from(signUps).where(eq(signUps.capabilityHash, capabilityHash));
  return row as SignUp | undefined;
}

/** The sign-up that a capability opens; undefined when it opens none. */
export async function findSignUp(pool: Pool, capabilityHash: string): Promise<SignUp | undefined> {
  const rows = await controlQuery(pool, { capabilityHash }, (tx) =>
    tx.select(columns).from(signUps).where(eq(signUps.capabilityHash, capabilityHash)),
  );
  return rows[0] as SignUp | undefined;
}

/** The sign-up that took a tenant's id; undefined when none did. The caller has checked who asks. */
export async function findSignUpOfTenant(pool: Pool, tenantId: TenantId): Promise<SignUp | undefined> {
  const rows = await controlQuery(pool, { tenantId }, (tx) => tx.select(columns).from(signUps).where(eq(signUps.tenantId, tenantId)));
  return rows[0] as SignUp | undefined;
}

/** The sign-ups that a person verified, newest first; with `slug`, only those of that address. */
export async function listSignUpsOf(pool: Pool, userId: string, slug?: string): Promise<SignUp[]> {
  const where = slug === undefined ? eq(signUps.userId, userId) : and(eq(signUps.userId, userId), eq(signUps.slug, slug));
  const rows = await controlQuery(pool, { userId }, (tx) =>
    tx.select(columns).from(signUps).where(where).orderBy(desc(signUps.createdAt)).limit(20),
  );
  return rows as SignUp[];
}
