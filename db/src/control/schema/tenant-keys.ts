import type { TenantId } from "@leasehold/domain/ids";
import type { KeyClosure, KeyCustody, KeyTrial, LostKey, UnreadableKeys } from "@leasehold/domain/keys/custody";
import { integer, jsonb, text } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const tenantKeys = controlSchema.table("tenant_keys", {
  tenantId: text("tenant_id").$type<TenantId>().primaryKey(),
  custody: text("custody").$type<KeyCustody>().notNull().default("platform"),
  keyArn: text("key_arn"),
  state: text("state").$type<"USABLE" | "CLOSED">().notNull().default("USABLE"),
  closedBy: text("closed_by").$type<KeyClosure>(),
  stateSince: instant("state_since").notNull().defaultNow(),
  checkedAt: instant("checked_at"),
  dataVersion: integer("data_version").notNull().default(1),
  rotatedAt: instant("rotated_at"),
  changedAt: instant("changed_at"),
  trial: jsonb("trial").$type<KeyTrial>(),
  unreadable: jsonb("unreadable").$type<UnreadableKeys>(),
  lost: jsonb("lost").$type<LostKey[]>(),
});
