import { boolean, customType, integer, pgSchema, text, timestamp } from "drizzle-orm/pg-core";

const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });

/** What a key in the keyring is for: values and bodies, the index that names are found by, or what Temporal keeps of the tenant's runs. */
export type KeyPurpose = "data" | "index" | "payload";

export const keyringSchema = pgSchema("keyring");

export const dataKeys = keyringSchema.table("data_keys", {
  tenantId: text("tenant_id").notNull(),
  purpose: text("purpose").$type<KeyPurpose>().notNull().default("data"),
  version: integer("version").notNull(),
  wrapped: bytea("wrapped").notNull(),
  kmsKeyArn: text("kms_key_arn").notNull(),
  /** The epoch whose branch key wraps it; null where KMS does. */
  epoch: integer("epoch"),
  /** The purpose that KMS authenticates with the wrapped key. */
  sealedAs: text("sealed_as").$type<KeyPurpose>().notNull().default("data"),
  customerManaged: boolean("customer_managed").notNull().default(false),
  operationId: text("operation_id"),
  previousWrapped: bytea("previous_wrapped"),
  previousKmsKeyArn: text("previous_kms_key_arn"),
  previousEpoch: integer("previous_epoch"),
  previousCustomerManaged: boolean("previous_customer_managed"),
  withheldAt: timestamp("withheld_at", { withTimezone: true, mode: "date" }),
  createdAt: timestamp("created_at", { withTimezone: true, mode: "date" }).notNull().defaultNow(),
});
