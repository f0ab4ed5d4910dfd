import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { certificateMutations } from "./certificate-mutations.ts";
import { requestMutations } from "./request-mutations.ts";
import { tenantMutations } from "./tenant-mutations.ts";

/** One check of the code taken away, and the tests that have to notice. */
export interface CodeMutation {
  id: string;
  file: string;
  text: string;
  /** Where the text begins in its file; it stands there once unless told. */
  at?: number;
  replacement: string;
  /** Part of a test file's path, and a pattern of the tests' names in it. */
  tests: { file: string; name?: string };
}

const predicates = (name: string) => ({ file: "isolation/predicates", name: `${name} keeps to its tenant` });
const matrix = (name: string) => ({ file: "isolation/matrix", name: `${name} keeps to its tenant` });

/** A `where` on the tenant that is always true: row-level security is off in the tests that have to notice. */
function withoutPredicate(id: string, file: string, text: string, procedure: string, replacement = "sql`true`"): CodeMutation {
  return { id: `${id} without the tenant`, file: `db/src/${file}`, text, replacement, tests: predicates(procedure) };
}

/** A value in a template of the code. */
const slot = (name: string) => `\u0024{${name}}`;

const inDocuments = "application/documents";
const own = "eq(documents.tenantId, tenantId)";

export const codeMutations: readonly CodeMutation[] = [
  ...tenantMutations,
  withoutPredicate("findDocument", `${inDocuments}/find-document.ts`, `${own}, `, "documents.get", ""),
  withoutPredicate("renameDocument", `${inDocuments}/rename-document.ts`, "eq(documents.tenantId, ctx.tenantId), ", "documents.rename", ""),
  withoutPredicate("isDocument", `${inDocuments}/remove-document.ts`, `return and(${own}, `, "documents.delete", "return and("),
  withoutPredicate(
    "deleteFolder",
    "application/folders/delete-folder.ts",
    "eq(folders.tenantId, tenantId), eq(folders.folderId, folderId)",
    "documents.deleteFolder",
    "eq(folders.folderId, folderId)",
  ),
  withoutPredicate(
    "renameFolder",
    "application/folders/rename-folder.ts",
    "eq(folders.tenantId, ctx.tenantId), ",
    "documents.renameFolder",
    "",
  ),
  {
    id: "requireFolder without the tenant",
    file: "db/src/application/folders/find-folder.ts",
    text: "eq(folders.tenantId, tenantId), eq(folders.folderId, folderId)",
    replacement: "eq(folders.folderId, folderId)",
    tests: { file: "isolation/predicates", name: "routes beside" },
  },
  withoutPredicate(
    "lockMember",
    "control/members/change-role.ts",
    `WHERE tenant_id = ${slot("ctx.tenantId")} AND user_id = ${slot("userId")} FOR UPDATE`,
    "members.changeRole",
    `WHERE user_id = ${slot("userId")} FOR UPDATE`,
  ),
  withoutPredicate(
    "lockInvitation",
    "control/invitations/settle-invitation.ts",
    `WHERE tenant_id = ${slot("ctx.tenantId")} AND invitation_id = ${slot("invitationId")} AND state = 'PENDING' FOR UPDATE`,
    "members.revoke",
    `WHERE invitation_id = ${slot("invitationId")} AND state = 'PENDING' FOR UPDATE`,
  ),
  withoutPredicate("listMembers", "control/members/list-members.ts", ".where(eq(members.tenantId, tenantId))", "members.list", ""),
  withoutPredicate(
    "listInvitations",
    "control/invitations/list-invitations.ts",
    "eq(invitations.tenantId, tenantId), ",
    "members.invitations",
    "",
  ),
  withoutPredicate(
    "findMembership, the person,",
    "control/members/list-members.ts",
    "eq(members.userId, userId), eq(tenants.slug, slug)",
    "workspace.get",
    "eq(tenants.slug, slug)",
  ),
  {
    id: "the portal asks for no scope",
    file: "apps/portal/src/server/trpc.ts",
    text: "if (!hasScope(workspace.role, scope))",
    replacement: "if (workspace.role === undefined)",
    tests: matrix("workspace.rename"),
  },
  {
    id: "the portal asks for no session",
    file: "apps/portal/src/server/trpc.ts",
    text: "if (!user) throw",
    replacement: "if (user?.userId === '') throw",
    tests: matrix("session.list"),
  },
  {
    id: "the portal changes workspaces that are not open",
    file: "apps/portal/src/server/trpc.ts",
    text: 'if (type === "mutation" && !changesIn.some((state) => state === workspace.state)) requireActive(workspace);',
    replacement: "",
    tests: { file: "integration/portal-suspension", name: "one whose owners read" },
  },
  {
    id: "an invitation is accepted by anybody",
    file: "apps/portal/src/server/routers/invitations.ts",
    text: "if (ctx.signedIn.email !== invitation.email)",
    replacement: "if (invitation.email === '')",
    tests: matrix("invitations.accept"),
  },
  {
    id: "a body is passed on without a scope",
    file: "apps/portal/src/server/application/forward-body.ts",
    text: "if (!hasScope(workspace.role, scope))",
    replacement: "if (workspace.role === undefined)",
    tests: { file: "isolation/matrix", name: "routes beside" },
  },
  {
    id: "the console asks for no operator",
    file: "apps/console/src/server/trpc.ts",
    text: "if (!ctx.operator) throw",
    replacement: "if (ctx.operator?.operatorId === '') throw",
    tests: matrix("tenants.list"),
  },
  {
    id: "the application plane asks for no scope",
    file: "apps/application/src/trpc/init.ts",
    text: "if (!contextHasScope(app, scope)) throw",
    replacement: "if (app.tenantId === undefined) throw",
    tests: matrix("documents.rename"),
  },
  {
    id: "verification is for every token",
    file: "apps/application/src/trpc/init.ts",
    text: "if (app.tokenScope !== tokenScope)",
    replacement: "if (app.tenantId === undefined)",
    tests: matrix("verification.run"),
  },
  {
    id: "a suspended tenant is let in",
    file: "packages/tenancy/src/placement/admit-tenant.ts",
    text: 'if (state === "ACTIVE" ||',
    replacement: 'if (state === "ACTIVE" || state === "SUSPENDED" || state === "CLOSED" ||',
    tests: matrix("documents.list"),
  },
  {
    id: "a suspension that leaves nobody in lets owners in",
    file: "packages/domain/src/suspension/kinds.ts",
    text: 'state === "SUSPENDED" && suspendedAccess !== "read-only"',
    replacement: 'state === "SUSPENDED" && suspendedAccess === undefined',
    tests: matrix("workspace.get"),
  },
  {
    id: "session tags may name another tenant",
    file: "packages/tenancy/src/token/read-claims.ts",
    text: "if (!Array.isArray(tag) || tag.length !== 1 || tag[0] !== claim)",
    replacement: "if (tag === null)",
    tests: { file: "integration/tenancy-token" },
  },
  {
    id: "a member gets what admins have",
    file: "packages/domain/src/roles.ts",
    text: "const member: Scope[] = [...viewer, ",
    replacement: 'const member: Scope[] = [...viewer, "members:manage", ',
    tests: { file: "domain/src/roles" },
  },
  {
    id: "an admin makes owners",
    file: "packages/domain/src/roles.ts",
    text: 'return by === "owner" || (by === "admin" && role !== "owner");',
    replacement: 'return by === "owner" || by === "admin";',
    tests: { file: "domain/src/roles" },
  },
  {
    id: "a value opens in another row",
    file: "packages/tenancy/src/keys/cell.ts",
    text: 'encodeContext(["leasehold/cell/1", tenantId, table, column, rowId])',
    replacement: 'encodeContext(["leasehold/cell/1", table, column])',
    tests: { file: "integration/tenancy-crypto" },
  },
  {
    id: "a wrapped key is bound to no version",
    file: "packages/tenancy/src/keys/epoch-cipher.ts",
    text: 'encodeContext(["leasehold/epoch/1", tenantId, purpose, String(version), pool, String(epoch)])',
    replacement: 'encodeContext(["leasehold/epoch/1", tenantId, purpose, String(version).slice(0, 0), pool, String(epoch)])',
    tests: { file: "unit/tenancy-epoch-cipher" },
  },
  {
    id: "a payload is bound to nobody",
    file: "packages/tenancy/src/payloads/payload-cipher.ts",
    text: 'encodeContext(["leasehold/payload/1", owner, String(version), run])',
    replacement: 'encodeContext(["leasehold/payload/1", owner, String(version), run].slice(0, 1))',
    tests: { file: "unit/payloads" },
  },
  {
    id: "a payload opens under whichever key it names",
    file: "packages/tenancy/src/payloads/create-payload-codec.ts",
    text: "if (header?.owner !== owner)",
    replacement: "if (header === undefined)",
    tests: { file: "unit/payloads" },
  },
  {
    id: "a worker goes on with a placeholder",
    file: "packages/tenancy/src/payloads/create-payload-codec.ts",
    text: 'unreadable === "fail" ? open : show',
    replacement: 'unreadable === "fail" ? show : show',
    tests: { file: "unit/payloads" },
  },
  {
    id: "a tenant's run takes plain text",
    file: "packages/tenancy/src/payloads/create-payload-codec.ts",
    text: "owner === controlPlane && plainUntil !== undefined",
    replacement: "plainUntil !== undefined",
    tests: { file: "unit/payloads" },
  },
  {
    id: "any body is opened for the console's token",
    file: "packages/tenancy/src/payloads/codec-server/decode-token.ts",
    text: "payload.body_sha256 === hashOf(body) && ",
    replacement: "",
    tests: { file: "integration/payloads-codec-server", name: "for the console's token" },
  },
  {
    id: "payloads are handed out before they are written down",
    file: "apps/console/src/server/payloads/answer-decode.ts",
    text: "await recordPayloadReads(needs.pool, by, summarizeOwners(payloads));",
    replacement: "void recordPayloadReads(needs.pool, by, summarizeOwners(payloads)).catch(() => {});",
    tests: { file: "integration/payloads-codec-server", name: "could not be written down" },
  },
  {
    id: "a turn overwrites what was changed beside it",
    file: "db/src/keyring/epochs/move-keys.ts",
    text: `and k.${slot("column.wrapped")} = moved.seen`,
    replacement: "",
    tests: { file: "integration/keys-epoch-moves", name: "opened from" },
  },
  ...certificateMutations,
  ...requestMutations,
  {
    id: "placements are found under one key",
    file: "packages/tenancy/src/placement/find-placement.ts",
    text: "cache.get(tenantId, () => findPlacement(pool, tenantId))",
    replacement: 'cache.get("one", () => findPlacement(pool, tenantId))',
    tests: { file: "isolation/second-order", name: "caches" },
  },
  {
    id: "credentials are kept under one key",
    file: "packages/tenancy/src/credentials/vend-credentials.ts",
    text: '[tenantId, plan, placement.roleArn, createHash("sha256").update(policy).digest("base64url")]',
    replacement: '[plan, placement.roleArn, tenantId === "" ? createHash("sha256").update(policy).digest("hex") : ""]',
    tests: { file: "isolation/second-order", name: "caches" },
  },
  {
    id: "the feed looks once",
    file: "apps/portal/src/server/routers/onboarding.ts",
    text: "const { tenantId } = await findOnboarding(services, headers, input.slug);",
    replacement: 'const { tenantId } = await findOnboarding(services, headers, input.slug).catch(() => ({ tenantId: "tnt_x" as const }));',
    tests: { file: "isolation/second-order", name: "stream" },
  },
];

/** How often the text stands in its file: once, or the mutation is no longer one. */
export function findMutationSite({ file, text, at }: CodeMutation, root = repositoryRoot): number {
  const source = readFileSync(join(root, file), "utf8");
  return at === undefined ? source.split(text).length - 1 : Number(source.startsWith(text, at));
}
