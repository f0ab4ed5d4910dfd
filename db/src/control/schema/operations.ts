import type { OperationId } from "@leasehold/domain/ids";
import type { OperationKind, OperationState, StepState } from "@leasehold/domain/operations";
import { bigint, integer, jsonb, text, uuid } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const operations = controlSchema.table("operations", {
  tenantId: text("tenant_id").notNull(),
  operationId: text("operation_id").$type<OperationId>().notNull(),
  kind: text("kind").$type<OperationKind>().notNull(),
  state: text("state").$type<OperationState>().notNull().default("REQUESTED"),
  workflowId: text("workflow_id").notNull(),
  requestedBy: text("requested_by").notNull(),
  subject: jsonb("subject").$type<Record<string, string>>().notNull().default({}),
  attentionStep: text("attention_step"),
  attentionCode: text("attention_code"),
  attentionReason: text("attention_reason"),
  lastSeq: bigint("last_seq", { mode: "number" }).notNull().default(0),
  createdAt: instant("created_at").notNull().defaultNow(),
  startedAt: instant("started_at"),
  finishedAt: instant("finished_at"),
});

export const operationSteps = controlSchema.table("operation_steps", {
  tenantId: text("tenant_id").notNull(),
  operationId: text("operation_id").$type<OperationId>().notNull(),
  step: text("step").notNull(),
  position: integer("position").notNull(),
  stage: integer("stage").notNull(),
  state: text("state").$type<StepState>().notNull().default("PENDING"),
  attempt: integer("attempt").notNull().default(0),
  lease: uuid("lease"),
  errorCode: text("error_code"),
  errorMessage: text("error_message"),
  startedAt: instant("started_at"),
  finishedAt: instant("finished_at"),
});

export const operationEvents = controlSchema.table("operation_events", {
  tenantId: text("tenant_id").notNull(),
  operationId: text("operation_id").$type<OperationId>().notNull(),
  seq: bigint("seq", { mode: "number" }).notNull(),
  kind: text("kind").$type<"step" | "operation">().notNull(),
  step: text("step"),
  state: text("state").$type<StepState | OperationState>().notNull(),
  attempt: integer("attempt"),
  errorCode: text("error_code"),
  at: instant("at").notNull().defaultNow(),
});

export const operationExclusions = controlSchema.table("operation_exclusions", {
  openKind: text("open_kind").$type<OperationKind>().notNull(),
  requestedKind: text("requested_kind").$type<OperationKind>().notNull(),
});

export const operationTransitions = controlSchema.table("operation_transitions", {
  fromState: text("from_state").$type<OperationState>().notNull(),
  toState: text("to_state").$type<OperationState>().notNull(),
});
