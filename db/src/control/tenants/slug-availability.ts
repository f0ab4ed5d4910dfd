import { type SlugProblem, slugProblem } from "@leasehold/domain/slugs";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { acrossTenants } from "./across-tenants.ts";

export type SlugAvailability = { status: "available" } | { status: "taken" } | { status: "invalid"; problem: SlugProblem };

/** Whether a tenant could be given this address now; it is not reserved by asking. */
export async function slugAvailability(pool: Pool, slug: string): Promise<SlugAvailability> {
  const problem = slugProblem(slug);
  if (problem) return { status: "invalid", problem };
  const held = await acrossTenants(pool, "slug-availability", (tx) =>
    tx.execute(sql`SELECT FROM control.slugs WHERE slug = ${slug} AND (reserved_until IS NULL OR reserved_until >= now())`),
  );
  return { status: held.rowCount ? "taken" : "available" };
}
