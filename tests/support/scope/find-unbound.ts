import type { SqlNode } from "./sql-statements.ts";

/** A comparison of a tenant's id that a table's rows are bound by: the very object of the parse tree. */
type Comparison = SqlNode;

interface Level {
  /** By alias: whether its rows are a tenant's, to be bound; what is read from a subquery is bound in there. */
  sources: Map<string, { table: string; bound: boolean }>;
  outer: Level | undefined;
}

export interface Bindings {
  /** Tables whose rows are not bound to a tenant that is named. */
  unbound: string[];
  /** What binds, one by one. */
  comparisons: Comparison[];
}

/**
 * Whether a statement names the tenant of every row that it reads, changes or deletes: each table of tenants has its `tenant_id` compared with
 * a value, or with that of a table that is bound itself, in a condition that always holds.
 * @param tables by schema and name
 * @param without comparisons that are to be taken for left out
 */
export function findUnbound(tree: SqlNode, tables: ReadonlySet<string>, without: ReadonlySet<Comparison> = new Set()): Bindings {
  const found: Bindings = { unbound: [], comparisons: [] };

  function visit(node: unknown, outer: Level | undefined, named: ReadonlySet<string>): void {
    if (Array.isArray(node)) for (const each of node) visit(each, outer, named);
    if (typeof node !== "object" || node === null || Array.isArray(node)) return;
    for (const [kind, inner] of Object.entries(node)) {
      const statement = kind === "SelectStmt" || kind === "UpdateStmt" || kind === "DeleteStmt" || kind === "larg" || kind === "rarg";
      if (statement && isSelect(kind, inner)) visitStatement(inner as SqlNode, outer, named);
      else if (kind === "InsertStmt") visitWith(inner as SqlNode, outer, named);
      else visit(inner, outer, named);
    }
  }

  function visitWith(statement: SqlNode, outer: Level | undefined, named: ReadonlySet<string>): void {
    const { withClause, relation: _, ...rest } = statement;
    const all = new Set([...named, ...ctesOf(withClause)]);
    visit(withClause, outer, all);
    visit(rest, outer, all);
  }

  function visitStatement(statement: SqlNode, outer: Level | undefined, named: ReadonlySet<string>): void {
    const all = new Set([...named, ...ctesOf(statement.withClause)]);
    const level: Level = { sources: new Map(), outer };
    const conditions: SqlNode[] = [];
    const from = [statement.fromClause ?? [], statement.usingClause ?? []].flat();
    if (statement.relation !== undefined) from.unshift({ RangeVar: statement.relation });
    for (const source of from) collect(source as SqlNode, level, conditions, all);
    conditions.push(...conjuncts(statement.whereClause));
    bind(level, conditions);
    for (const { table, bound } of level.sources.values()) if (!bound) found.unbound.push(table);
    const { relation: _, ...rest } = statement;
    for (const [key, inner] of Object.entries(rest)) {
      // The two sides of a union are statements beside one another.
      if (key === "larg" || key === "rarg") visit({ SelectStmt: inner }, outer, all);
      else visit(inner, key === "withClause" ? outer : level, all);
    }
  }

  function collect(source: SqlNode, level: Level, conditions: SqlNode[], named: ReadonlySet<string>): void {
    const [kind, inner] = Object.entries(source)[0] as [string, SqlNode];
    if (kind === "JoinExpr") {
      collect(inner.larg as SqlNode, level, conditions, named);
      collect(inner.rarg as SqlNode, level, conditions, named);
      conditions.push(...conjuncts(inner.quals));
      if (namesOf(inner.usingClause).includes("tenant_id")) conditions.push({ using: [...level.sources.keys()] });
      return;
    }
    const alias = (inner.alias as { aliasname?: string } | undefined)?.aliasname;
    if (kind === "RangeVar") {
      const { schemaname, relname } = inner as { schemaname?: string; relname: string };
      const table = `${schemaname}.${relname}`;
      const ofTenants = schemaname !== undefined && tables.has(table);
      if (ofTenants) level.sources.set(alias ?? relname, { table, bound: false });
      else if (schemaname === undefined && named.has(relname)) level.sources.set(alias ?? relname, { table, bound: true });
    } else if (kind === "RangeSubselect" && alias !== undefined) level.sources.set(alias, { table: alias, bound: true });
  }

  function bind(level: Level, conditions: readonly SqlNode[]): void {
    const equal = conditions.flatMap(pairsOf).filter(({ of }) => !without.has(of));
    for (let changed = true; changed; ) {
      changed = false;
      for (const { left, right, of } of equal)
        for (const [one, other] of [
          [left, right],
          [right, left],
        ]) {
          const source = sourceOf(one, level);
          if (source === undefined || source.bound || !isBound(other, level)) continue;
          source.bound = true;
          changed = true;
          found.comparisons.push(of);
        }
      for (const { using } of conditions as { using?: string[] }[]) {
        const joined = (using ?? []).flatMap((alias) => level.sources.get(alias) ?? []);
        if (!joined.some(({ bound }) => bound)) continue;
        for (const source of joined) {
          changed ||= !source.bound;
          source.bound = true;
        }
      }
    }
  }

  visit(tree, undefined, new Set());
  return found;
}

function isSelect(kind: string, inner: unknown): boolean {
  return typeof inner === "object" && inner !== null && (/Stmt$/.test(kind) || "op" in inner);
}

/** Conditions that all have to hold. */
function conjuncts(condition: unknown): SqlNode[] {
  if (condition === undefined) return [];
  const { BoolExpr } = condition as { BoolExpr?: { boolop: string; args: SqlNode[] } };
  return BoolExpr?.boolop === "AND_EXPR" ? BoolExpr.args.flatMap(conjuncts) : [condition as SqlNode];
}

/** What a condition says to be equal, side by side. */
function pairsOf(condition: SqlNode): { left: SqlNode; right: SqlNode; of: SqlNode }[] {
  const { A_Expr } = condition as { A_Expr?: { kind: string; name: unknown; lexpr: SqlNode; rexpr: SqlNode } };
  if (A_Expr === undefined || A_Expr.kind !== "AEXPR_OP" || namesOf(A_Expr.name)[0] !== "=") return [];
  const [left, right] = [A_Expr.lexpr, A_Expr.rexpr].map((side) => (side as { RowExpr?: { args: SqlNode[] } }).RowExpr?.args ?? [side]);
  return (left ?? []).flatMap((one, index) => (right?.[index] === undefined ? [] : [{ left: one, right: right[index], of: condition }]));
}

/** The table whose tenant a side is, in the statement's own level. */
function sourceOf(side: SqlNode | undefined, { sources }: Level): { bound: boolean } | undefined {
  const path = tenantColumn(side);
  if (path === undefined) return undefined;
  if (path !== "") return sources.get(path);
  const ofTenants = [...sources.values()];
  return ofTenants.length === 1 ? ofTenants[0] : undefined;
}

/** A value, or the tenant of what is bound here or further out. */
function isBound(side: SqlNode | undefined, level: Level): boolean {
  const cast = (side as { TypeCast?: { arg: SqlNode } } | undefined)?.TypeCast;
  if (cast !== undefined) return isBound(cast.arg, level);
  if (side !== undefined && "ParamRef" in side) return true;
  const alias = tenantColumn(side);
  for (let at: Level | undefined = level; at !== undefined && alias !== undefined; at = at.outer) {
    const source = alias === "" ? (at.sources.size === 1 ? [...at.sources.values()][0] : undefined) : at.sources.get(alias);
    if (source !== undefined) return source.bound;
  }
  return false;
}

/** The alias before `tenant_id`, empty without one; undefined of anything else. */
function tenantColumn(side: SqlNode | undefined): string | undefined {
  const { ColumnRef } = (side ?? {}) as { ColumnRef?: { fields: unknown } };
  const names = namesOf(ColumnRef?.fields);
  if (names.at(-1) !== "tenant_id") return undefined;
  return names.at(-2) ?? "";
}

function namesOf(list: unknown): string[] {
  return Array.isArray(list) ? list.map((each: { String?: { sval: string } }) => each.String?.sval ?? "") : [];
}

function ctesOf(withClause: unknown): string[] {
  const { ctes = [] } = (withClause ?? {}) as { ctes?: { CommonTableExpr: { ctename: string } }[] };
  return ctes.map(({ CommonTableExpr }) => CommonTableExpr.ctename);
}
