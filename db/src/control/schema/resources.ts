import { text } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const resources = controlSchema.table("resources", {
  tenantId: text("tenant_id").notNull(),
  kind: text("kind").notNull(),
  name: text("name").notNull(),
  operationId: text("operation_id").notNull(),
  ref: text("ref"),
  state: text("state").$type<"INTENDED" | "MADE" | "RELEASED">().notNull().default("INTENDED"),
  intendedAt: instant("intended_at").notNull().defaultNow(),
  madeAt: instant("made_at"),
  releasedAt: instant("released_at"),
});
