import type { TenantId } from "@leasehold/domain/ids";
import type { Placement } from "@leasehold/domain/placement";
import type { PlanId, TenantLimits } from "@leasehold/domain/plans";
import type { SuspensionAccess } from "@leasehold/domain/suspension/kinds";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { jsonb, text } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const tenants = controlSchema.table("tenants", {
  tenantId: text("tenant_id").$type<TenantId>().primaryKey(),
  slug: text("slug").notNull(),
  name: text("name").notNull(),
  plan: text("plan").$type<PlanId>().notNull(),
  region: text("region").notNull(),
  state: text("state").$type<TenantState>().notNull().default("PROVISIONING"),
  currentOperation: text("current_operation"),
  placement: jsonb("placement").$type<Placement>(),
  limits: jsonb("limits").$type<TenantLimits>(),
  versions: jsonb("versions").$type<Record<string, string>>().notNull().default({}),
  createdAt: instant("created_at").notNull().defaultNow(),
  activatedAt: instant("activated_at"),
  updatedAt: instant("updated_at").notNull().defaultNow(),
  /** What is left of a suspended tenant's access. */
  suspendedAccess: text("suspended_access").$type<SuspensionAccess>(),
});

export const tenantTransitions = controlSchema.table("tenant_transitions", {
  fromState: text("from_state").$type<TenantState>().notNull(),
  toState: text("to_state").$type<TenantState>().notNull(),
});
