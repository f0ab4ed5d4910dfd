import { text } from "drizzle-orm/pg-core";
import { applicationSchema, bytea, instant } from "./application-schema.ts";

export const idempotencyKeys = applicationSchema.table("idempotency_keys", {
  tenantId: text("tenant_id").notNull(),
  actor: text("actor").notNull(),
  keyHash: bytea("key_hash").notNull(),
  sealed: bytea("sealed"),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at").notNull(),
});
