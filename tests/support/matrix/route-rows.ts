import { newId } from "@leasehold/domain/ids";
import { roles } from "@leasehold/domain/roles";
import type { RouteInput } from "./call.ts";
import { applicationCallers, portalCallers } from "./callers.ts";
import type { Caller, Case, MatrixApp } from "./case.ts";
import { codecCases, codecPath } from "./codec-route.ts";
import { archiveCases, archiveLinkCases } from "./export-rows.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import { callerOf, managers, writers } from "./tenant-row.ts";

/** Addresses that hold nobody's data, or that carry procedures, which have rows of their own: and why nothing is tried on them here. */
export const routesWithoutRow: Record<MatrixApp, Record<string, string>> = {
  portal: {
    "/api/trpc/[trpc]": "carries the procedures",
    "/.well-known/jwks.json": "public keys, member by member: portal-requests.test.ts",
    "/.well-known/openid-configuration": "where those keys are, for STS",
    "/healthz": "says whether the process answers",
    "/certificates/keys.json": "public keys and the end of the one chain: certificates-published.test.ts",
    "/certificates/[certificateId]/[file]": "names no tenant, and opens by an id that nobody guesses: certificates-published.test.ts",
    "/api/audit/[slug]": "the log of one workspace as a file, for plans that have it: audit-export.test.ts",
  },
  console: {
    "/api/trpc/[trpc]": "carries the procedures",
    "/api/auth/[...all]": "the operators' sign-in, route by route: console-sign-in.test.ts",
    "/healthz": "says whether the process answers",
  },
  application: {
    "GET /healthz": "says whether the process answers",
    "GET /openapi.json": "the interface's description",
    "GET /docs": "the page that shows it",
  },
};
/** Procedures under tRPC and REST have rows by their names; files of the page of the interface are public. */
export const carriesProcedures = /^[A-Z]+ \/(trpc\/?|v1\/(?!.*\/body$)|docs\/)/;

const stored = ["app.audit", "app.document_grams", "app.documents", "app.tenant_limits", "objects"];

/** Bodies of documents, at both of their addresses. */
export const routeRows: Record<MatrixApp, Record<string, (world: MatrixWorld) => Promise<Case[]>>> = {
  console: { [codecPath]: codecCases },
  portal: {
    "/api/audit/[slug]": async (world) => {
      const callers = portalCallers(world);
      const at = (slug: string) => `/api/audit/${slug}`;
      const asked = (name: string, slug: string, expect: string) => ask(callerOf(callers, name), "GET", at(slug), expect);
      return [
        ...["anonymous", "operator", "API key"].map((name) => asked(name, world.ours.slug, "UNAUTHENTICATED")),
        ...roles.map((role) => asked(role, world.ours.slug, managers.includes(role) ? "ok" : "FORBIDDEN")),
        ...roles.map((role) => ({
          ...asked(`their ${role}`, world.ours.slug, "NOT_FOUND"),
          twin: { input: { method: "GET", path: at("nowhere-to-be-found") } },
        })),
        asked("member of both", world.ours.slug, "ok"),
        asked("closed tenant's owner", world.closed.owner.slug, "NOT_FOUND"),
        asked("suspended tenant's owner", world.suspended.owner.slug, "PRECONDITION_FAILED"),
      ];
    },
    "/api/exports/[slug]/[exportId]": archiveLinkCases,
    "/api/documents/[slug]/[documentId]": async (world) => {
      const at = (slug: string, documentId: string) => `/api/documents/${slug}/${documentId}`;
      const callers = portalCallers(world);
      const both = callerOf(callers, "member of both");
      const closed = callerOf(callers, "closed tenant's owner");
      return [
        ...(["GET", "PUT"] as const).flatMap((method) => [
          ...bodyCases(world, callers, method, (documentId) => at(world.ours.slug, documentId), ["anonymous", "operator", "API key"]),
          ...roles.map((role) => ({
            ...ask(callerOf(callers, `their ${role}`), method, at(world.ours.slug, world.ours.documentId), "NOT_FOUND"),
            twin: { input: { method, path: at("nowhere-to-be-found", world.ours.documentId), ...bodyOf(method) } },
          })),
          ask(closed, method, at(world.closed.owner.slug, world.ours.documentId), "NOT_FOUND"),
          ask(
            callerOf(callers, "suspended tenant's owner"),
            method,
            at(world.suspended.owner.slug, world.ours.documentId),
            "PRECONDITION_FAILED",
          ),
        ]),
        foreign(both, at(world.ours.slug, world.theirs.documentId), at(world.ours.slug, newId("document"))),
      ];
    },
  },
  application: {
    "GET /exports/:exportId/archive": archiveCases,
    "GET /documents/:documentId/body": (world) => downloadCases(world, (documentId) => `/documents/${documentId}/body`),
    "GET /v1/documents/:documentId/body": (world) => downloadCases(world, (documentId) => `/v1/documents/${documentId}/body`),
    "PUT /documents/body": (world) =>
      uploadCases(
        world,
        (documentId, folderId) => `/documents/body?${new URLSearchParams({ documentId, folderId, name: newId("event") })}`,
      ),
    "PUT /v1/documents/:documentId/body": (world) =>
      uploadCases(
        world,
        (documentId, folderId) => `/v1/documents/${documentId}/body?${new URLSearchParams({ folderId, name: newId("event") })}`,
      ),
  },
};

/** Methods that an address does not take are refused before anything is looked at. */
export const otherMethods = /^(?!GET |PUT )[A-Z]+ \/v1\/documents\/:documentId\/body$/;

async function downloadCases(world: MatrixWorld, at: (documentId: string) => string): Promise<Case[]> {
  const callers = applicationCallers(world);
  const { ours } = world;
  return [
    ...bodyCases(world, callers, "GET", at, ["anonymous", "portal session", "operator"]),
    ...[...roles.map((role) => `their ${role}`), "their API key"].map((name) =>
      foreign(callerOf(callers, name), at(ours.documentId), at(newId("document"))),
    ),
    ...["reading API key", "writing API key"].map((name) => ask(callerOf(callers, name), "GET", at(ours.documentId), "ok")),
    ...ended(world, callers, "GET", at),
  ];
}

async function uploadCases(world: MatrixWorld, at: (documentId: string, folderId: string) => string): Promise<Case[]> {
  const callers = applicationCallers(world);
  const fresh = (folderId = "") => at(newId("document"), folderId);
  const named = (name: string, path: string, expect: string) => ask(callerOf(callers, name), "PUT", path, expect);
  const { ours, theirs } = world;
  const strangersFolder = (name: string): Case => ({
    ...named(name, fresh(ours.folderId), "NOT_FOUND"),
    twin: { input: { method: "PUT", path: fresh(newId("folder")), body: "x" } },
  });
  return [
    ...bodyCases(world, callers, "PUT", (documentId) => at(documentId, ""), ["anonymous", "portal session", "operator"]),
    ...[...writers.map((role) => `their ${role}`), "their API key"].map(strangersFolder),
    ...["their viewer", "reading API key"].map((name) => named(name, fresh(), "FORBIDDEN")),
    { ...named("writing API key", fresh(), "ok"), changes: stored, audit: "document.uploaded" },
    // Ids are each tenant's own: the same id here is another document, and theirs stays as it is.
    {
      ...named("owner", at(theirs.secondDocumentIds.shift() ?? "", ""), "ok"),
      what: "an id that another tenant has as well",
      changes: stored,
      audit: "document.uploaded",
    },
    ...ended(world, callers, "PUT", (documentId) => at(documentId, "")),
  ];
}

const bodyOf = (method: RouteInput["method"]) => (method === "PUT" ? { body: "x" } : {});

function ask(caller: Caller, method: RouteInput["method"], path: string, expect: string): Case {
  return { what: `${method} as ${caller.name}`, caller, input: { method, path, ...bodyOf(method) }, expect };
}

function foreign(caller: Caller, path: string, missing: string): Case {
  return { ...ask(caller, "GET", path, "NOT_FOUND"), twin: { input: { method: "GET", path: missing } } };
}

/** Who is let in, who is not, and ids of another tenant's and of nobody's documents. */
function bodyCases(
  world: MatrixWorld,
  callers: Record<string, Caller>,
  method: "GET" | "PUT",
  at: (documentId: string) => string,
  strangers: readonly string[],
): Case[] {
  const named = (path: string) => (path.includes("?") || method === "GET" ? path : `${path}?name=${newId("event")}`);
  const { ours, theirs } = world;
  const cases = strangers.map((name) => ask(callerOf(callers, name), method, named(at(ours.documentId)), "UNAUTHENTICATED"));
  for (const role of roles) {
    const caller = callerOf(callers, role);
    if (method === "GET") {
      cases.push(ask(caller, method, at(ours.documentId), "ok"), foreign(caller, at(theirs.documentId), at(newId("document"))));
    } else if (writers.includes(role)) {
      cases.push({ ...ask(caller, method, named(at(newId("document"))), "ok"), changes: stored, audit: "document.uploaded" });
    } else cases.push(ask(caller, method, named(at(newId("document"))), "FORBIDDEN"));
  }
  return cases;
}

function ended(world: MatrixWorld, callers: Record<string, Caller>, method: "GET" | "PUT", at: (documentId: string) => string): Case[] {
  return [
    ...["suspended tenant's owner", "closed tenant's owner"].map((name) =>
      ask(callerOf(callers, name), method, at(world.ours.documentId), "PRECONDITION_FAILED"),
    ),
    ...["verification token", "key-care token", "export token"].map((name) =>
      ask(callerOf(callers, name), method, at(world.ours.documentId), "FORBIDDEN"),
    ),
  ];
}
