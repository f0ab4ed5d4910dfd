import { withConnection } from "@leasehold/db/client";
import type { OperatorRole } from "@leasehold/domain/operators";

/** Operators that every test database knows, by name. */
const roles = {
  ada: "admin",
  grace: "admin",
  linus: "admin",
  mary: "admin",
  sam: "support",
  olga: "operator",
  sid: "security",
} as const satisfies Record<string, OperatorRole>;
export type KnownOperator = keyof typeof roles;

const idOf = (index: number) => `opr_01J${String(index).padStart(23, "0")}` as const;

/** Their ids: those of admins unless the name says otherwise. */
export const operators = Object.fromEntries(Object.keys(roles).map((name, index) => [name, idOf(index)])) as Record<
  KnownOperator,
  `opr_${string}`
>;
export const roleOf = (name: KnownOperator): OperatorRole => roles[name];

/** What probes of single statements call their operators. */
const short = { o: "admin", p: "admin", q: "admin", support: "support" } as const;

/** Gives them their roles, as the owner of the control database. The same again changes nothing. */
export async function seedOperatorRoles(controlUrl: string): Promise<void> {
  const rows = [...Object.entries(roles).map(([name, role]) => [operators[name as KnownOperator], role]), ...Object.entries(short)];
  await withConnection(controlUrl, (owner) =>
    owner.query(
      `insert into control.operator_roles (operator_id, seq, role, changed_by)
       select id, 1, role, 'system:test' from unnest($1::text[], $2::text[]) as r (id, role) on conflict do nothing`,
      [rows.map(([id]) => id), rows.map(([, role]) => role)],
    ),
  );
}

/** What the console knows of an operator beside who they are, where a second factor is not asked for. */
export const withoutSecondFactor = { hasSecondFactor: false, mustEnrol: false } as const;
