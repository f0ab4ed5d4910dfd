import type { ProcessRole } from "@leasehold/db/roles";
import type { GuardProbe } from "./guard-probes.ts";

/** A new row that is let in, and one for each column with which it is not. Values are SQL. */
export function insertVariants(
  table: string,
  role: ProcessRole,
  row: Record<string, string>,
  refused: Record<string, string>,
  situation: Pick<GuardProbe, "given" | "enter"> = {},
): GuardProbe[] {
  const insert = (values: Record<string, string>) =>
    `insert into ${table} (${Object.keys(values).join(", ")}) values (${Object.values(values).join(", ")})`;
  const probe = (what: string, values: Record<string, string>, expect: number | string): GuardProbe => ({
    ...situation,
    tables: [table],
    what: `${role} adds ${what} to ${table}`,
    role,
    does: insert(values),
    expect,
  });
  return [
    probe("a bare row", row, 1),
    ...Object.entries(refused).map(([column, value]) => probe(`a row with ${column} ${value}`, { ...row, [column]: value }, "42501")),
  ];
}

export const quoted = (text: string) => `'${text}'`;
