import { readdirSync } from "node:fs";
import { join } from "node:path";
import { appRouter } from "@leasehold/application/router";
import { createServer } from "@leasehold/application/server";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { portalRouter } from "@leasehold/portal/server/routers/root";
import { createLogger } from "@leasehold/tenancy/logger";
import { listProcedures as listWithMeta, type RestOperation } from "@leasehold/tenancy/trpc/procedure-meta";
import { consoleRouter } from "../../../apps/console/src/server/router.ts";
import type { MatrixApp } from "./case.ts";
import type { MatrixWorld } from "./matrix-world.ts";

export interface Procedure {
  app: MatrixApp;
  /** `documents.list`, or `GET /documents/:id/body`. */
  name: string;
  kind: "query" | "mutation" | "subscription" | "route";
  /** Its address in the REST interface, when it is asked there. */
  rest?: RestOperation | undefined;
}

export const routers = { portal: portalRouter, console: consoleRouter, application: appRouter };

/** Every procedure that the routers of all apps hold, whatever it is called. */
export function listProcedures(): Procedure[] {
  return Object.entries(routers).flatMap(([app, router]) =>
    Object.entries(router._def.procedures).map(([name, procedure]) => {
      const { type } = (procedure as unknown as { _def: { type: "query" | "mutation" | "subscription" } })._def;
      return { app: app as MatrixApp, name, kind: type };
    }),
  );
}

/** Procedures of the application plane at their addresses in the REST interface. */
export function listRestProcedures(): Procedure[] {
  return listWithMeta(appRouter).flatMap(({ path, type, meta }): Procedure[] =>
    meta.openapi === undefined ? [] : [{ app: "application", name: path, kind: type, rest: meta.openapi }],
  );
}

/** Every other address that an app answers at: of the application plane's server, and route files of the two Next.js apps. */
export async function listRoutes(kit: MatrixWorld["application"]["kit"]): Promise<Procedure[]> {
  const server = createServer(kit, createLogger({ name: "matrix", level: "silent" }));
  await server.ready();
  const served = readRoutes(server.printRoutes({ commonPrefix: false, includeHooks: false }));
  await server.close();
  const files = (["portal", "console"] as const).flatMap((app) => {
    const folder = join(repositoryRoot, "apps", app, "src/app");
    const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith("/route.ts"));
    return found.map((path): Procedure => ({ app, name: `/${path.slice(0, -"/route.ts".length)}`, kind: "route" }));
  });
  return [...served.map((name): Procedure => ({ app: "application", name, kind: "route" })), ...files];
}

/** `printRoutes` draws a tree; each line is a whole path or a part below the line before it. */
function readRoutes(drawn: string): string[] {
  const paths: string[] = [];
  const found: string[] = [];
  for (const line of drawn.split("\n")) {
    const [, indent = "", part = "", methods = ""] = /^([│├└─ ]*)(\S*)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    if (part === "" && methods === "") continue;
    const depth = indent.length / 4;
    paths.length = Math.max(0, depth - 1);
    const path = paths.join("") + part;
    paths.push(part);
    for (const method of methods.split(", ").filter((each) => each !== "" && each !== "HEAD")) found.push(`${method} ${path}`);
  }
  return found;
}
