import type { Scope } from "@leasehold/domain/roles";
import { bigint, doublePrecision, integer, jsonb, text } from "drizzle-orm/pg-core";
import { applicationSchema, bytea, instant } from "./application-schema.ts";

export const apiKeys = applicationSchema.table("api_keys", {
  tenantId: text("tenant_id").notNull(),
  keyId: text("key_id").notNull(),
  nameCipher: bytea("name_cipher").notNull(),
  secretHash: bytea("secret_hash").notNull(),
  scopes: jsonb("scopes").$type<Scope[]>().notNull(),
  createdBy: text("created_by").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at").notNull(),
  lastUsedAt: instant("last_used_at"),
  revokedAt: instant("revoked_at"),
  revokedBy: text("revoked_by"),
  /** Null together: the plan's rate holds. */
  requestsPerSecond: doublePrecision("requests_per_second"),
  burst: integer("burst"),
  /** With a rate of its own alone. Null: the tenant's quota alone. */
  requestsPerDay: bigint("requests_per_day", { mode: "number" }),
});
