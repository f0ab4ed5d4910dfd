import { createPool } from "@leasehold/db/client";
import { createOperationFeed } from "@leasehold/db/control/operations/operation-feed";
import { readOperatorStanding } from "@leasehold/db/control/operators/read-operator-standing";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { type OperatorRole, operatorRoles } from "@leasehold/domain/operators";
import { plans } from "@leasehold/domain/plans";
import { apiKeyScopes, type Role, roles } from "@leasehold/domain/roles";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { publicHalf } from "@leasehold/infra/local/provision/secrets";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { type TokenScope, workerIssuer } from "@leasehold/tenancy/token/claims";
import { signTenantToken } from "@leasehold/tenancy/token/sign-token";
import type { ConsoleEnv } from "../../../apps/console/src/env.ts";
import type { Operator } from "../../../apps/console/src/server/identity/auth.ts";
import { createAuth } from "../../../apps/console/src/server/identity/create-auth.ts";
import { endSessions, forgetSecondFactor } from "../../../apps/console/src/server/identity/end-sessions.ts";
import { listAccounts } from "../../../apps/console/src/server/identity/list-accounts.ts";
import { identityPool } from "../../../apps/console/src/server/identity/options.ts";
import { seedOperator } from "../../../apps/console/src/server/identity/seed-operator.ts";
import { createConsoleCaller } from "../../../apps/console/src/server/router.ts";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../application-world.ts";
import { withoutSecondFactor } from "../operators.ts";
import { createPortal, type Portal, password } from "../portal-fixtures.ts";
import { type Caller, withoutRole } from "./case.ts";

export type Person = Awaited<ReturnType<Portal["member"]>>;

/** One tenant with a person in each role, and one thing of each kind. */
export interface Side extends ApplicationTenant {
  slug: string;
  people: Record<Role, Person>;
  authorId: string;
  documentId: string;
  /** More of them, each for one request that names it from elsewhere. */
  secondDocumentIds: string[];
  folderId: string;
  invitationId: string;
  /** The token of a link of that invitation. */
  invitationToken: string;
  operationId: OperationId;
  sessionId: string;
  /** One that is ready, as far as the control database knows. */
  exportId: string;
  /** Of the reading one. */
  keyId: string;
  readingKey: string;
  writingKey: string;
}

export interface MatrixWorld extends AsyncDisposable {
  portal: Portal;
  application: ApplicationWorld;
  portalUrl: string;
  applicationUrl: string;
  ours: Side;
  theirs: Side;
  both: Person;
  suspended: { owner: Person; tenant: ApplicationTenant };
  closed: { owner: Person; tenant: ApplicationTenant };
  /** An admin of the console, at whatever app. */
  operator: Caller;
  /** One of each role, and one who was given none, by their role's name. */
  operators: Record<OperatorRole | typeof withoutRole, Caller>;
  /** Who is signed in at the console by these headers, with the role that the database knows. */
  operatorOf(headers: Headers): Promise<Operator | undefined>;
  /** The console's procedures for whoever the headers sign in. */
  /** Streams end with the signal, as with a request that is broken off. */
  consoleFor(headers: Headers, signal?: AbortSignal): Promise<ReturnType<typeof createConsoleCaller>>;
  /** A bearer for the application plane, signed anew for each request. */
  bearer(tenant: ApplicationTenant, role: Role, userId?: string): () => Promise<string>;
  /** The worker's restricted tokens. */
  restricted(tenant: ApplicationTenant, scope: TokenScope): () => Promise<string>;
  /** Makes a person an owner of one more tenant. */
  join(side: Side, userId: string): Promise<unknown>;
  /** As the database's owner, whom row-level security lets see everything. */
  rows<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** Portal, console and application plane over the same databases, with two whole tenants, a suspended and a closed one. */
export async function createMatrixWorld(): Promise<MatrixWorld> {
  const application = await createApplicationWorld();
  const { world } = application;
  const portal = await createPortal(world);
  (globalThis as { leaseholdPortal?: unknown }).leaseholdPortal = portal.portal;
  const rows = async <Row extends object>(text: string, values: unknown[] = []) => (await portal.owner.query(text, values)).rows as Row[];
  const base: Base = { application, portal, rows };
  const ours = await makeSide(base);
  const theirs = await makeSide(base);
  const both = await portal.member("owner", ours);
  const join = (side: Side, userId: string) =>
    rows("insert into control.members (tenant_id, user_id, role) values ($1, $2, 'owner')", [side.tenantId, userId]);
  await join(theirs, both.userId);
  const suspended = await makeEnded(base, "SUSPENDED");
  const closed = await makeEnded(base, "CLOSED");
  const console = await createConsole(base);
  return {
    ...base,
    ...console,
    join,
    portalUrl: portal.portal.env.PORTAL_URL,
    applicationUrl: application.url,
    ours,
    theirs,
    both,
    suspended,
    closed,
    bearer: (tenant, role, userId) => bearer(base, tenant, role, userId),
    restricted: (tenant, scope) => async () =>
      `Bearer ${await signTenantToken(world.stack.secrets.workerTokenKey, {
        issuer: workerIssuer,
        tenantId: tenant.tenantId,
        plan: tenant.plan,
        scope,
        operationId: newId("operation"),
      })}`,
    async [Symbol.asyncDispose]() {
      await console.close();
      await portal[Symbol.asyncDispose]();
      await application[Symbol.asyncDispose]();
    },
  };
}

/** With every entitlement of the pool's. */
const plan = "business";

interface Base {
  application: ApplicationWorld;
  portal: Portal;
  rows: MatrixWorld["rows"];
}

function bearer(
  { application }: Base,
  { tenantId, plan }: ApplicationTenant,
  role: Role,
  userId: string = newId("user"),
): () => Promise<string> {
  return async () => `Bearer ${await application.world.tokenFor({ tenantId, plan, userId, roles: [role] })}`;
}

async function makeSide(base: Base): Promise<Side> {
  const { portal, application, rows } = base;
  const owner = await portal.member("owner");
  const people = { owner } as Record<Role, Person>;
  for (const role of roles.filter((each) => each !== "owner")) people[role] = await portal.member(role, owner);
  const tenant = await application.createTenant({ tenantId: owner.tenantId, plan });
  await rows("update control.tenants set plan = $2, limits = $3 where tenant_id = $1", [
    tenant.tenantId,
    plan,
    JSON.stringify(plans[plan].limits),
  ]);
  const author = await portal.member("viewer", owner);
  const documents = await application.as(tenant, "member", author.userId);
  const { folderId } = await documents.trpc.documents.createFolder.mutate({ name: "Plans" });
  const documentId = newId("document");
  const secondDocumentIds = [newId("document"), newId("document")];
  for (const each of [documentId, ...secondDocumentIds]) {
    const stored = await documents.put({ name: `${each}.txt`, documentId: each }, `of ${tenant.tenantId}`);
    if (!stored.ok) throw new Error(`no document was stored: ${await stored.text()}`);
  }
  const makeKey = (scopes: (typeof apiKeyScopes)[number][]) => manager.trpc.apiKeys.create.mutate({ name: scopes.join(), scopes });
  const manager = await application.as(tenant, "owner");
  const [reading, writing] = [await makeKey(apiKeyScopes.filter((scope) => scope.endsWith(":read"))), await makeKey([...apiKeyScopes])];
  const invitation = await makeInvitation(base, tenant.tenantId);
  const [operation] = await rows<{ operation_id: OperationId }>("select operation_id from control.operations where tenant_id = $1", [
    tenant.tenantId,
  ]);
  // Streams have something to say.
  await rows(
    "insert into control.operation_events (tenant_id, operation_id, seq, kind, state) values ($1, $2, 1, 'operation', 'RUNNING')",
    [tenant.tenantId, operation?.operation_id],
  );
  const [session] = await rows<{ id: string }>("select id from identity.sessions where user_id = $1", [owner.userId]);
  const exportId = newId("export");
  await rows(
    `insert into control.exports (tenant_id, export_id, requested_by, state, ready_at, expires_at, index_name, files, bytes, manifest_sha256)
     values ($1, $2, $3, 'READY', now(), now() + interval '7 days', 'index_0_0000000000000000', 1, 1, repeat('ab', 32))`,
    [tenant.tenantId, exportId, `user:${owner.userId}`],
  );
  return {
    ...tenant,
    ...invitation,
    slug: owner.slug,
    people,
    authorId: author.userId,
    documentId,
    secondDocumentIds,
    folderId,
    operationId: operation?.operation_id ?? "op_",
    sessionId: session?.id ?? "",
    exportId,
    keyId: reading.keyId,
    readingKey: reading.key ?? "",
    writingKey: writing.key ?? "",
  };
}

/** An open invitation with a link, as the portal writes it. */
export async function makeInvitation(
  { rows }: Pick<Base, "rows">,
  tenantId: TenantId,
  email = `${newId("user").toLowerCase()}@guests.example`,
): Promise<{ invitationId: string; invitationToken: string; email: string }> {
  const invitationId = newId("invitation");
  const invitationToken = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  await rows(
    `insert into control.invitations (tenant_id, invitation_id, email, role, state, token_hash, invited_by, expires_at)
     values ($1, $2, $3, 'member', 'PENDING', encode(sha256($4::bytea), 'hex'), 'user:x', now() + interval '1 day')`,
    [tenantId, invitationId, email, Buffer.from(invitationToken)],
  );
  return { invitationId, invitationToken, email };
}

async function makeEnded(base: Base, state: TenantState & ("SUSPENDED" | "CLOSED")) {
  const owner = await base.portal.member("owner");
  const tenant = await base.application.createTenant({ tenantId: owner.tenantId, plan, state });
  await base.rows(`begin; alter table control.tenants disable trigger user;
    update control.tenants set state = '${state}', plan = '${plan}' where tenant_id = '${owner.tenantId}'; alter table control.tenants enable trigger user; commit`);
  return { owner, tenant };
}

async function createConsole({ application: { world } }: Base) {
  const settings = stackEnv(world.stack, "console") as unknown as ConsoleEnv;
  const identity = identityPool(settings.CONSOLE_IDENTITY_DATABASE_URL);
  const auth = createAuth(settings, identity);
  const pool = createPool(settings.CONSOLE_DATABASE_URL, { applicationName: "matrix-console" });
  const signIn = async (name: OperatorRole | typeof withoutRole): Promise<Caller> => {
    const seed = { email: `${name.replaceAll(" ", "-")}@${world.id}.example`, password };
    await seedOperator(settings, identity, { ...seed, ...(name === withoutRole ? {} : { first: { role: name, control: pool } }) });
    const headers = new Headers({ "x-client-address": "192.0.2.1" });
    const signedIn = await auth.api.signInEmail({ body: seed, headers, returnHeaders: true });
    const cookies = signedIn.headers.getSetCookie().map((each) => each.split(";")[0]);
    return { name, cookie: cookies.join("; ") };
  };
  const signedIn = await Promise.all([...operatorRoles, withoutRole].map(async (name) => [name, await signIn(name)] as const));
  const operators = Object.fromEntries(signedIn) as MatrixWorld["operators"];
  const operatorOf: MatrixWorld["operatorOf"] = async (headers) => {
    const session = await auth.api.getSession({ headers });
    if (session === null) return undefined;
    const { id: operatorId, name, email } = session.user;
    const standing = await readOperatorStanding(pool, operatorId);
    return { operatorId, name, email, role: standing?.role, ...withoutSecondFactor };
  };
  const feed = createOperationFeed(settings.CONSOLE_DATABASE_URL, { applicationName: "matrix-console-feed", sweepMs: 200 });
  const consoleFor = async (headers: Headers, signal?: AbortSignal) => {
    const ctx = {
      operator: await operatorOf(headers),
      requestId: newId("request"),
      isStillSignedIn: async () => (await auth.api.getSession({ headers })) !== null,
      pool,
      listAccounts: () => listAccounts(identity),
      endSessions: (operatorId: string) => endSessions(identity, operatorId),
      forgetSecondFactor: (operatorId: string) => forgetSecondFactor(identity, operatorId),
      feed,
      settings: {
        region: settings.LEASEHOLD_REGION,
        portalUrl: settings.PORTAL_URL,
        temporalUiUrl: "http://temporal.test",
        temporalNamespace: "default",
        hmacSecret: settings.CONSOLE_HMAC_SECRET,
        mailPublicJwk: publicHalf(world.stack.secrets.mailKey),
      },
    };
    return createConsoleCaller(ctx, { signal });
  };
  const close = async () => {
    await feed.close();
    await Promise.all([pool.end(), identity.end()]);
  };
  return { operators, operator: { ...operators.admin, name: "operator" }, operatorOf, consoleFor, close };
}
