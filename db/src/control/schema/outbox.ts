import { jsonb, text } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const outbox = controlSchema.table("outbox", {
  tenantId: text("tenant_id").notNull(),
  eventId: text("event_id").notNull(),
  type: text("type").notNull(),
  operationId: text("operation_id"),
  payload: jsonb("payload").$type<Record<string, unknown>>().notNull().default({}),
  createdAt: instant("created_at").notNull().defaultNow(),
  publishedAt: instant("published_at"),
});
