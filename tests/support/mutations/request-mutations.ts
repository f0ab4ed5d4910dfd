import type { CodeMutation } from "./code-mutations.ts";

const predicates = (name: string) => ({ file: "isolation/predicates", name: `${name} keeps to its tenant` });

/** Checks of one request: versions, keys' rates, sessions, links, operators' roles. */
export const requestMutations: readonly CodeMutation[] = [
  {
    id: "findFolder without the tenant",
    file: "db/src/application/folders/find-folder.ts",
    text: ".where(and(eq(folders.folderId, folderId), eq(folders.tenantId, tenantId)))",
    replacement: ".where(eq(folders.folderId, folderId))",
    tests: predicates("documents.getFolder"),
  },
  {
    id: "changeKeyRate without the tenant",
    file: "db/src/application/api-keys/change-key-rate.ts",
    text: "eq(apiKeys.tenantId, ctx.tenantId), ",
    replacement: "",
    tests: predicates("apiKeys.change"),
  },
  {
    id: "a change asks for no version",
    file: "packages/tenancy/src/rest/entity-tags.ts",
    text: "return tags.filter(({ weak, text }) => !weak",
    replacement: "if (tags.length > 0) return undefined;\n  return tags.filter(({ weak, text }) => !weak",
    tests: { file: "integration/rest.test", name: "that a change was made from" },
  },
  {
    id: "a weak tag is a version",
    file: "packages/tenancy/src/rest/entity-tags.ts",
    text: "return tags.filter(({ weak, text }) => !weak && ",
    replacement: "return tags.filter(({ text }) => ",
    tests: { file: "integration/rest.test", name: "that a change was made from" },
  },
  {
    id: "a key has the plan's rate alone",
    file: "packages/tenancy/src/limits/create-limits.ts",
    text: "Math.min(most.requestsPerSecond, keyRate?.requestsPerSecond ?? most.requestsPerSecond)",
    replacement: "most.requestsPerSecond",
    tests: { file: "integration/limits-requests", name: "the rate that it was given" },
  },
  {
    id: "a key has any rate",
    file: "apps/application/src/api-keys/router.ts",
    text: "if (rate === null) return;",
    replacement: "if (rate !== undefined) return;",
    tests: { file: "integration/api-keys", name: "no rate above" },
  },
  {
    id: "a person's session has no end",
    file: "apps/portal/src/server/context.ts",
    text: ' || isOver(found.session, "portal")',
    replacement: "",
    tests: { file: "integration/portal-sessions", name: "a session is over" },
  },
  {
    id: "an operator's session has no end",
    file: "apps/console/src/server/identity/read-session.ts",
    text: ' || isOver(session.session, "console")',
    replacement: "",
    tests: { file: "integration/console-sign-in", name: "a session is over" },
  },
  {
    id: "a download goes on whatever becomes of its key and tenant",
    file: "apps/application/src/http/watch-download.ts",
    text: "setInterval(() => admitAgain(kit, app, authorization).catch(end), times.lookEvery)",
    replacement: "setInterval(() => admitAgain, times.lookEvery)",
    tests: { file: "integration/tenancy-revocation", name: "ends when its" },
  },
  {
    id: "a download by a token has no end",
    file: "apps/application/src/http/watch-download.ts",
    text: 'const bound = app.actor.type !== "api-key" && !watchedByIssuer;',
    replacement: "const bound = watchedByIssuer && !watchedByIssuer;",
    tests: { file: "integration/tenancy-revocation", name: "ends after so long" },
  },
  {
    id: "a closing's stream outlives its session",
    file: "apps/portal/src/server/routers/offboarding.ts",
    text: "if ((await readSession(services, headers))?.sessionToken !== signedIn.sessionToken) return;",
    replacement: "if (signedIn.sessionToken === '') return readSession;",
    tests: { file: "isolation/second-order", name: "end for whoever" },
  },
  {
    id: "a closing's stream outlives its owner's role",
    file: "apps/portal/src/server/routers/offboarding.ts",
    text: 'if (!hasScope(role, "tenant:close")) return;\n        for',
    replacement: "if (role === undefined) return;\n        for",
    tests: { file: "isolation/second-order", name: "end for whoever" },
  },
  {
    id: "an export's link is anybody's",
    file: "apps/portal/src/server/exports/forward-archive.ts",
    text: "checkExportLink(portal.env.PORTAL_HMAC_SECRET, holder,",
    replacement: "((..._: unknown[]) => undefined)(portal.env.PORTAL_HMAC_SECRET, holder,",
    tests: { file: "integration/exports-portal" },
  },
  {
    id: "every operator reads payloads",
    file: "apps/console/src/server/payloads/answer-decode.ts",
    text: 'if (!operatorMay(operator.role, "payloads:read"))',
    replacement: 'if (!operatorMay(operator.role, "payloads:read") && operator.role !== "support")',
    tests: { file: "integration/payloads-codec-server", name: "tells nobody anything" },
  },
  {
    id: "the console asks for no role",
    file: "apps/console/src/server/trpc.ts",
    text: "if (!operatorMay(ctx.operator.role, scope)) throw lacksScope(scope);",
    replacement: "",
    tests: { file: "integration/console-roles" },
  },
];
