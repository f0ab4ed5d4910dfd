import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { ErasureChoice } from "@leasehold/domain/offboarding/erasure";
import { boolean, integer, jsonb, text } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const personErasures = controlSchema.table("person_erasures", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  operationId: text("operation_id").$type<OperationId>().notNull(),
  userId: text("user_id"),
  pseudonym: text("pseudonym").notNull(),
  documents: text("documents").$type<ErasureChoice>().notNull(),
  invitationIds: jsonb("invitation_ids").$type<string[]>().notNull().default([]),
  byThemselves: boolean("by_themselves").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  erasedAt: instant("erased_at"),
});

export const accountErasures = controlSchema.table("account_erasures", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  operationId: text("operation_id").$type<OperationId>().notNull(),
  requestId: text("request_id").notNull(),
  userId: text("user_id"),
  sessionsEndedAt: instant("sessions_ended_at"),
  outcome: text("outcome").$type<"deleted" | "in-use" | "unknown">(),
  rowsBefore: integer("rows_before"),
  rowsAfter: integer("rows_after"),
  askedAt: instant("asked_at").notNull().defaultNow(),
  answeredAt: instant("answered_at"),
});
