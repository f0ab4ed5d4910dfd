import type { PlanId } from "@leasehold/domain/plans";
import { text } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const signUps = controlSchema.table("sign_ups", {
  signUpId: text("sign_up_id").primaryKey(),
  idempotencyKey: text("idempotency_key").notNull(),
  bodyHash: text("body_hash").notNull(),
  capabilityHash: text("capability_hash").notNull(),
  tenantId: text("tenant_id").notNull(),
  slug: text("slug").notNull(),
  organizationName: text("organization_name").notNull(),
  plan: text("plan").$type<PlanId>().notNull(),
  region: text("region").notNull(),
  state: text("state").$type<"PENDING_VERIFICATION" | "VERIFIED" | "EXPIRED">().notNull().default("PENDING_VERIFICATION"),
  operationId: text("operation_id"),
  userId: text("user_id"),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at").notNull(),
  verifiedAt: instant("verified_at"),
});
