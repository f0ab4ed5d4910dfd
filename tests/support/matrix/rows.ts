import { applicationRows } from "./application-rows.ts";
import type { Row } from "./case.ts";
import { consoleRows } from "./console-rows.ts";
import { erasureRows } from "./erasure-rows.ts";
import { exportRows } from "./export-rows.ts";
import { keyRows } from "./key-rows.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import { offboardingRows } from "./offboarding-rows.ts";
import { portalPublicRows } from "./portal-public-rows.ts";
import { portalRows } from "./portal-rows.ts";
import type { Procedure } from "./procedures.ts";
import { carriesProcedures, otherMethods, routeRows, routesWithoutRow } from "./route-rows.ts";

type MakeCases = Row<MatrixWorld>["cases"];

const rows: Record<string, MakeCases> = {};
const add = (app: string, table: Record<string, MakeCases | Row<MatrixWorld>>) => {
  for (const [name, row] of Object.entries(table)) rows[`${app} ${name}`] = typeof row === "function" ? row : row.cases;
};
add("portal", { ...portalRows, ...keyRows, ...offboardingRows, ...exportRows, ...erasureRows, ...portalPublicRows });
add("console", consoleRows);
add("application", applicationRows);
for (const [app, table] of Object.entries(routeRows)) add(app, table);

/** The row of a procedure or route; undefined when nobody has written one. */
export function rowOf({ app, name }: Procedure): Row<MatrixWorld> | undefined {
  const cases = rows[`${app} ${name}`];
  return cases === undefined ? undefined : { cases };
}

/** Whether a route holds nothing of any tenant's, or carries procedures. */
export function needsNoRow({ app, name, kind }: Procedure): boolean {
  return (
    kind === "route" &&
    (name in routesWithoutRow[app] || (app === "application" && (carriesProcedures.test(name) || otherMethods.test(name))))
  );
}

/** Rows whose procedure is gone. */
export function rowsWithoutProcedure(procedures: readonly Procedure[]): string[] {
  const known = new Set(procedures.map(({ app, name }) => `${app} ${name}`));
  return Object.keys(rows).filter((name) => !known.has(name));
}
