import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/** Takes an address for good, over a reservation that has ended. @throws DomainError CONFLICT `slug-taken` on field `slug`. */
export async function takeSlug(tx: ControlTransaction, tenantId: TenantId, slug: string): Promise<void> {
  await tx.execute(sql`DELETE FROM control.slugs WHERE slug = ${slug} AND reserved_until < now()`);
  const taken = await tx.execute(
    sql`INSERT INTO control.slugs (slug, tenant_id) VALUES (${slug}, ${tenantId}) ON CONFLICT (slug) DO NOTHING RETURNING slug`,
  );
  if (taken.rowCount === 1) return;
  throw new DomainError("CONFLICT", "This address is taken. Choose another.", { field: "slug", reason: "slug-taken" });
}
