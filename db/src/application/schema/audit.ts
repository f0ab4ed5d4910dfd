import { jsonb, text } from "drizzle-orm/pg-core";
import { applicationSchema, instant } from "./application-schema.ts";

export const audit = applicationSchema.table("audit", {
  tenantId: text("tenant_id").notNull(),
  auditId: text("audit_id").notNull(),
  actor: text("actor").notNull(),
  action: text("action").notNull(),
  target: text("target").notNull(),
  details: jsonb("details").$type<Record<string, unknown>>().notNull().default({}),
  requestId: text("request_id").notNull(),
  operationId: text("operation_id"),
  createdAt: instant("created_at").notNull().defaultNow(),
});
