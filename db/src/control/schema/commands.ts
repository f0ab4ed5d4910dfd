import type { OperationId } from "@leasehold/domain/ids";
import { integer, jsonb, text } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const commands = controlSchema.table("commands", {
  tenantId: text("tenant_id").notNull(),
  commandId: text("command_id").notNull(),
  /** Null for what is no operation: an export. */
  operationId: text("operation_id").$type<OperationId>(),
  kind: text("kind").notNull(),
  idempotencyKey: text("idempotency_key").notNull(),
  bodyHash: text("body_hash").notNull(),
  actor: text("actor").notNull(),
  requestId: text("request_id").notNull(),
  reason: text("reason"),
  payload: jsonb("payload").$type<Record<string, unknown>>().notNull().default({}),
  state: text("state").$type<"PENDING" | "DISPATCHED" | "REFUSED">().notNull().default("PENDING"),
  attempts: integer("attempts").notNull().default(0),
  nextAttemptAt: instant("next_attempt_at").notNull().defaultNow(),
  refusal: text("refusal"),
  createdAt: instant("created_at").notNull().defaultNow(),
  dispatchedAt: instant("dispatched_at"),
});
