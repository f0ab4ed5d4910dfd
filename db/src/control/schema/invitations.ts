import type { Role } from "@leasehold/domain/roles";
import { sql } from "drizzle-orm";
import { text } from "drizzle-orm/pg-core";
import { controlSchema, instant } from "./control-schema.ts";

export const invitations = controlSchema.table("invitations", {
  tenantId: text("tenant_id").notNull(),
  invitationId: text("invitation_id").notNull(),
  email: text("email").notNull(),
  /** What of the address operators may see. */
  emailMask: text("email_mask").notNull().generatedAlwaysAs(sql`left(email, 1) || '…@' || split_part(email, '@', 2)`),
  role: text("role").$type<Role>().notNull(),
  state: text("state").$type<"HELD" | "PENDING" | "ACCEPTED" | "REVOKED">().notNull().default("PENDING"),
  tokenHash: text("token_hash").notNull(),
  invitedBy: text("invited_by").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at").notNull(),
  acceptedBy: text("accepted_by"),
  settledAt: instant("settled_at"),
});
