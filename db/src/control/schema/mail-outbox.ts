import { integer, text } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const mailOutbox = controlSchema.table("mail_outbox", {
  mailId: text("mail_id").primaryKey(),
  dedupeKey: text("dedupe_key").notNull(),
  tenantId: text("tenant_id"),
  template: text("template").notNull(),
  sealed: text("sealed"),
  attempts: integer("attempts").notNull().default(0),
  nextAttemptAt: instant("next_attempt_at").notNull().defaultNow(),
  lastError: text("last_error"),
  createdAt: instant("created_at").notNull().defaultNow(),
  sentAt: instant("sent_at"),
  failedAt: instant("failed_at"),
});
