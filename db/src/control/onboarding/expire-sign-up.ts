import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { withControl } from "../with-control.ts";

/** Ends a sign-up that nobody verified in time, and its hold on an address. Does nothing to any other. */
export async function expireSignUp(pool: Pool, signUp: { signUpId: string; tenantId: TenantId }): Promise<void> {
  const { signUpId, tenantId } = signUp;
  await withControl(pool, { tenantId }, async (tx) => {
    const { rows } = await tx.execute<{ slug: string }>(sql`
      UPDATE control.sign_ups SET state = 'EXPIRED'
      WHERE tenant_id = ${tenantId} AND sign_up_id = ${signUpId} AND state = 'PENDING_VERIFICATION' AND expires_at < now() RETURNING slug`);
    const slug = rows[0]?.slug;
    if (slug !== undefined) await tx.execute(sql`DELETE FROM control.slugs WHERE slug = ${slug} AND reserved_until < now()`);
  });
}
