import { customType, integer, pgSchema, text, timestamp } from "drizzle-orm/pg-core";

const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });

export const keyringSchema = pgSchema("keyring");

export const dataKeys = keyringSchema.table("data_keys", {
  tenantId: text("tenant_id").notNull(),
  version: integer("version").notNull(),
  wrapped: bytea("wrapped").notNull(),
  kmsKeyArn: text("kms_key_arn").notNull(),
  createdAt: timestamp("created_at", { withTimezone: true, mode: "date" }).notNull().defaultNow(),
});
