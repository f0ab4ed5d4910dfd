import type { TenantLimits } from "@leasehold/domain/plans";
import type { SuspensionAccess } from "@leasehold/domain/suspension/kinds";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { bigint, integer, jsonb, text } from "drizzle-orm/pg-core";
import { applicationSchema, instant } from "./application-schema.ts";

export const tenantHome = applicationSchema.table("tenant_home", {
  tenantId: text("tenant_id").primaryKey(),
  epoch: integer("epoch").notNull(),
  mode: text("mode").$type<"rw" | "ro" | "closing" | "suspended" | "shut" | "moved" | "closed">().notNull().default("rw"),
  /** Nothing new is let in under an older version of the data key. */
  leastKeyVersion: integer("least_key_version").notNull().default(1),
});

export const tenantPlacement = applicationSchema.table("tenant_placement", {
  tenantId: text("tenant_id").primaryKey(),
  epoch: integer("epoch").notNull(),
  state: text("state").$type<TenantState>().notNull(),
  plan: text("plan").notNull(),
  region: text("region").notNull(),
  database: text("database").notNull(),
  bucket: text("bucket").notNull(),
  objectPrefix: text("object_prefix").notNull(),
  keyArn: text("key_arn").notNull(),
  roleArn: text("role_arn").notNull(),
  updatedAt: instant("updated_at").notNull().defaultNow(),
  suspendedAccess: text("suspended_access").$type<SuspensionAccess>(),
});

export const tenantLimits = applicationSchema.table("tenant_limits", {
  tenantId: text("tenant_id").primaryKey(),
  limits: jsonb("limits").$type<TenantLimits>().notNull(),
  documents: bigint("documents", { mode: "number" }).notNull().default(0),
  storedBytes: bigint("stored_bytes", { mode: "number" }).notNull().default(0),
});
