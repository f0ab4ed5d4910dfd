import { customType, pgSchema, timestamp } from "drizzle-orm/pg-core";

export const controlSchema = pgSchema("control");

/** `timestamptz` as a Date. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });
