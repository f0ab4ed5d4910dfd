import { bigint, jsonb, text } from "drizzle-orm/pg-core";
import { applicationSchema, bytea, instant } from "./application-schema.ts";

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
  salt: bytea("salt"),
  sealedDetails: bytea("sealed_details"),
  sealedCommitment: bytea("sealed_commitment"),
  seq: bigint("seq", { mode: "number" }),
  detailsCommitment: bytea("details_commitment"),
  commitment: bytea("commitment"),
  link: bytea("link"),
  sealedAt: instant("sealed_at"),
  erasedAt: instant("erased_at"),
});
