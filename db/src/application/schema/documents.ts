import { bigint, integer, text } from "drizzle-orm/pg-core";
import { applicationSchema, bytea, instant } from "./application-schema.ts";

export const folders = applicationSchema.table("folders", {
  tenantId: text("tenant_id").notNull(),
  folderId: text("folder_id").notNull(),
  parentId: text("parent_id"),
  nameCipher: bytea("name_cipher").notNull(),
  nameHmac: bytea("name_hmac").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  createdBy: text("created_by").notNull(),
  version: integer("version").notNull().default(1),
});

export const documents = applicationSchema.table("documents", {
  tenantId: text("tenant_id").notNull(),
  documentId: text("document_id").notNull(),
  folderId: text("folder_id"),
  nameCipher: bytea("name_cipher").notNull(),
  nameHmac: bytea("name_hmac").notNull(),
  contentTypeCipher: bytea("content_type_cipher").notNull(),
  sizeBytes: bigint("size_bytes", { mode: "number" }).notNull().default(0),
  objectKey: text("object_key").notNull(),
  keyVersion: integer("key_version").notNull(),
  state: text("state").$type<"UPLOADING" | "STORED" | "DELETING">().notNull().default("UPLOADING"),
  createdBy: text("created_by").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  updatedAt: instant("updated_at").notNull().defaultNow(),
  version: integer("version").notNull().default(1),
});

export const documentGrams = applicationSchema.table("document_grams", {
  tenantId: text("tenant_id").notNull(),
  gram: bigint("gram", { mode: "bigint" }).notNull(),
  documentId: text("document_id").notNull(),
});
