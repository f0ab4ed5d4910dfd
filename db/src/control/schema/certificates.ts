import type { TenantId } from "@leasehold/domain/ids";
import type { CertificateKind } from "@leasehold/domain/offboarding/certificate";
import { bigint, boolean, text } from "drizzle-orm/pg-core";
import { bytea, controlSchema, instant } from "./control-schema.ts";

export const certificates = controlSchema.table("certificates", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  certificateId: text("certificate_id").notNull(),
  operationId: text("operation_id").notNull(),
  kind: text("kind").$type<CertificateKind>().notNull(),
  pseudonym: text("pseudonym").notNull(),
  sequence: bigint("sequence", { mode: "number" }).notNull(),
  previousHash: text("previous_hash"),
  hash: text("hash").notNull(),
  keyId: text("key_id").notNull(),
  document: bytea("document").notNull(),
  signature: text("signature").notNull(),
  issuedAt: instant("issued_at").notNull(),
});

export const certificateKeys = controlSchema.table("certificate_keys", {
  keyId: text("key_id").primaryKey(),
  publicKey: bytea("public_key").notNull(),
  kmsKeyArn: text("kms_key_arn").notNull(),
  since: instant("since").notNull(),
  retiredAt: instant("retired_at"),
});

export const certificateHead = controlSchema.table("certificate_head", {
  chain: boolean("chain").primaryKey(),
  sequence: bigint("sequence", { mode: "number" }).notNull(),
  hash: text("hash"),
  issuedAt: instant("issued_at"),
});
