import type { Role } from "@leasehold/domain/roles";
import { text } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const members = controlSchema.table("members", {
  tenantId: text("tenant_id").notNull(),
  userId: text("user_id").notNull(),
  role: text("role").$type<Role>().notNull(),
  operationId: text("operation_id"),
  invitedBy: text("invited_by"),
  createdAt: instant("created_at").notNull().defaultNow(),
});
