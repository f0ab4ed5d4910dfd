import { customType, integer, text, timestamp } from "drizzle-orm/pg-core";
import { keyringSchema } from "./data-keys.ts";

const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });

export type EpochState = "CURRENT" | "TURNING" | "HELD" | "RETIRED";

export const epochs = keyringSchema.table("epochs", {
  pool: text("pool").notNull(),
  epoch: integer("epoch").notNull(),
  state: text("state").$type<EpochState>().notNull().default("CURRENT"),
  branchKey: bytea("branch_key"),
  kmsKeyArn: text("kms_key_arn").notNull(),
  createdAt: timestamp("created_at", { withTimezone: true, mode: "date" }).notNull().defaultNow(),
  turnWantedAt: timestamp("turn_wanted_at", { withTimezone: true, mode: "date" }),
  turnDueAt: timestamp("turn_due_at", { withTimezone: true, mode: "date" }),
  turnedAt: timestamp("turned_at", { withTimezone: true, mode: "date" }),
  retiredAt: timestamp("retired_at", { withTimezone: true, mode: "date" }),
  keyState: text("key_state"),
  deletionAt: timestamp("deletion_at", { withTimezone: true, mode: "date" }),
});
