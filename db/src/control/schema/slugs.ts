import { text } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const slugs = controlSchema.table("slugs", {
  slug: text("slug").primaryKey(),
  tenantId: text("tenant_id").notNull(),
  reservedUntil: instant("reserved_until"),
  createdAt: instant("created_at").notNull().defaultNow(),
});
