import { Writable } from "node:stream";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { createLogger } from "@leasehold/tenancy/logger";
import { startTelemetry } from "@leasehold/tenancy/telemetry/start-telemetry";
import { traceIdOf } from "@leasehold/tenancy/telemetry/trace-of";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { AppProcess } from "../support/app-process.ts";
import { createObservedConsole, type ObservedConsole } from "../support/observed-console.ts";
import { startCollector } from "../support/otlp-collector.ts";
import { createPortal, type Portal } from "../support/portal-fixtures.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

/** Seeded wherever somebody may write something; found nowhere in what the processes say of themselves. */
const canary = (what: string) => `zq${what}canary`;
const secrets = [
  "organization",
  "address",
  "password",
  "folder",
  "renamed",
  "document",
  "content",
  "wrong",
  "search",
  "token",
  "reason",
  "operator",
].map(canary);

const consolePassword = `${canary("password")} of the console`;

let world: World;
let portal: Portal;
let application: AppProcess;
let worker: AppProcess;
let collector: Awaited<ReturnType<typeof startCollector>>;
let ofPortal: Awaited<ReturnType<typeof startTelemetry>>;
let operators: ObservedConsole;
let portalLog = "";
let consoleLog = "";
let tenantId: TenantId;
let onboardingRequest: string;
const bearers: string[] = [];

beforeAll(async () => {
  world = await createWorld();
  collector = await startCollector();
  const telemetry = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: "200", LOG_LEVEL: "debug" };
  application = await world.start("application", {
    ...issuersWithoutPortal(world.stack),
    ...telemetry,
    APPLICATION_METRICS_PORT: String(world.stack.ports.console),
  });
  worker = await world.start("worker", telemetry);
  portal = await createPortal(world);
  const into = (keep: (text: string) => void) =>
    new Writable({
      write(chunk, _encoding, done) {
        keep(String(chunk));
        done();
      },
    });
  const ofProcess = (name: string, keep: (text: string) => void) => createLogger({ name, level: "debug", destination: into(keep) });
  portal.portal.logger = ofProcess("portal", (text) => {
    portalLog += text;
  });
  const logger = ofProcess("console", (text) => {
    consoleLog += text;
  });
  operators = await createObservedConsole(world, logger, { email: `${canary("operator")}@example.test`, password: consolePassword });
  for (const [name, value] of Object.entries(telemetry)) vi.stubEnv(name, value);
  ofPortal = await startTelemetry({ serviceName: "portal", metrics: { host: "127.0.0.1", port: 0 } });
  await journey();
});
afterAll(async () => {
  await ofPortal?.stop();
  await operators?.[Symbol.asyncDispose]();
  await portal?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
  await collector?.[Symbol.asyncDispose]();
});

/** Sign-up, onboarding, documents, and much that is refused: with a canary in everything that somebody writes. */
async function journey(): Promise<void> {
  const call = portal.browser();
  const password = `${canary("password")} quiet otters`;
  const email = `${canary("address")}@example.test`;
  const form = { ...portal.form(), organizationName: canary("organization"), email, password };
  const { signUpId } = await call((api) => api.signUp.request(form));
  await call((api) => api.signUp.confirm({ token: portal.tokenOf(signUpId) }));
  const found = await portal.owner.query("select tenant_id, user_id from control.sign_ups where sign_up_id = $1", [signUpId]);
  tenantId = found.rows[0].tenant_id;
  const state = async () => (await portal.owner.query("select state from control.tenants where tenant_id = $1", [tenantId])).rows[0].state;
  await vi.waitFor(async () => expect(await state()).toBe("ACTIVE"), { timeout: 60_000, interval: 250 });
  const commands = await portal.owner.query("select request_id from control.commands where tenant_id = $1", [tenantId]);
  onboardingRequest = commands.rows[0].request_id;

  const { slug } = form;
  const { folderId } = await call((api) => api.documents.createFolder({ slug, name: canary("folder") }));
  await call((api) => api.documents.renameFolder({ slug, folderId, name: canary("renamed") }));
  await call((api) => api.documents.list({ slug, search: canary("search") }));
  bearers.push(await world.tokenFor({ tenantId, userId: found.rows[0].user_id, plan: "starter", roles: ["owner"] }));
  const authorization = `Bearer ${bearers[0]}`;
  const upload = (query: Record<string, string>, body: string) =>
    fetch(`${application.url}/documents/body?${new URLSearchParams(query)}`, {
      method: "PUT",
      headers: { authorization, "content-type": "text/plain" },
      body,
    });
  const documentId = newId("document");
  expect((await upload({ name: canary("document"), documentId }, canary("content"))).status).toBe(200);
  expect(await (await fetch(`${application.url}/documents/${documentId}/body`, { headers: { authorization } })).text()).toBe(
    canary("content"),
  );
  // Refusals, of the kinds that repeat what they were given.
  await call((api) => api.documents.createFolder({ slug, name: canary("renamed") })).catch(() => {});
  await call((api) => api.session.signIn({ email, password: canary("wrong") })).catch(() => {});
  await call((api) => api.workspace.rename({ slug: canary("wrong"), name: canary("wrong") })).catch(() => {});
  await upload({ name: canary("wrong"), documentId: canary("wrong") }, canary("content"));
  await fetch(`${application.url}/trpc/documents.list?input=${canary("wrong")}`, {
    headers: { authorization: `Bearer ${canary("token")}` },
  });
  await fetch(`${application.url}/trpc/${canary("wrong")}`, { headers: { authorization } });
  await fetch(`${application.url}/${canary("wrong")}`, { headers: { authorization, cookie: canary("token") } });
  await consoleJourney();
  const arrived = (wanted: string, from: string) =>
    collector.spans().some(({ name, service }) => name.startsWith(wanted) && service === from);
  const ofApplication = ["documents.createFolder", "tenant-enter", "KMS Decrypt", "S3 PutObject"];
  const all = () =>
    expect(arrived("workflow.", "leasehold-worker") && ofApplication.every((name) => arrived(name, "leasehold-application"))).toBe(true);
  await vi.waitFor(all, { timeout: 20_000 });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}

/** An operator signs in, looks, decides and is refused. */
async function consoleJourney(): Promise<void> {
  expect([await operators.signIn(canary("wrong")), await operators.signIn(consolePassword)]).toEqual([401, 200]);
  expect(await operators.ask("tenants.list", { search: canary("search") })).toMatchObject({ status: 200 });
  const key = newId("request");
  const { slug, plan } = portal.form();
  const added = { organizationName: canary("organization"), slug, plan, administratorEmail: `${canary("address")}2@example.test` };
  const region = portal.portal.env.LEASEHOLD_REGION;
  expect(await operators.ask("tenants.add", { ...added, region, idempotencyKey: key }, "mutation")).toMatchObject({ status: 200 });
  const suspension = { tenantId, kind: "abuse", access: "closed", reason: canary("reason"), idempotencyKey: newId("request") };
  expect(await operators.ask("suspension.suspend", { ...suspension, tenantId: newId("tenant") }, "mutation")).toMatchObject({
    status: 404,
  });
  expect(await operators.ask("suspension.suspend", { ...suspension, kind: canary("wrong") }, "mutation")).toMatchObject({ status: 400 });
  expect(await operators.ask(canary("wrong"), {})).toMatchObject({ status: 404 });
}

const linesOf = (log: string) => log.split("\n").filter((line) => line.trim() !== "");
const fetchMetrics = async () => {
  const listening = [world.stack.ports.console, world.stack.ports.workerHealth, ofPortal?.port];
  return Promise.all(listening.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()));
};

test("every line of every process has tenant, request, actor and operation", () => {
  for (const log of [application.log(), worker.log(), portalLog, consoleLog]) {
    expect(linesOf(log).length).toBeGreaterThan(3);
    for (const line of linesOf(log)) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      for (const field of ["tenantId", "requestId", "actor", "operation"]) expect(entry, line).toHaveProperty(field);
    }
  }
  const requests = linesOf(application.log()).map((line) => JSON.parse(line) as Record<string, string | null>);
  const named = requests.filter(({ msg, operation }) => msg === "request" && operation === "documents.createFolder");
  expect(named.length).toBeGreaterThan(0);
  for (const entry of named)
    expect(entry).toMatchObject({ tenantId, requestId: expect.stringMatching(/^req_/), actor: expect.stringMatching(/^user:usr_/) });
  const refused = linesOf(consoleLog).map((line) => JSON.parse(line) as Record<string, string | null>);
  const about = { tenantId: expect.stringMatching(/^tnt_/), requestId: expect.stringMatching(/^req_/) };
  expect(refused.filter(({ operation }) => operation === "suspension.suspend")).toEqual(
    ["NOT_FOUND", "VALIDATION"].map((code) => expect.objectContaining({ ...about, actor: expect.stringMatching(/^operator:opr_/), code })),
  );
});

test("one request is one trace, from the command to each activity", async () => {
  // Each process sends by itself: on a busy machine some later than others.
  await vi.waitFor(expectOneTrace, { timeout: 20_000, interval: 250 });
});

function expectOneTrace(): void {
  const spans = collector.spans();
  for (const span of spans)
    for (const field of ["tenant_id", "request_id", "actor", "operation"])
      expect(span.attributes, span.name).toHaveProperty(`leasehold.${field}`);
  const trace = spans.filter(({ traceId }) => traceId === traceIdOf(onboardingRequest));
  const names = new Set(trace.map(({ name }) => name));
  for (const name of ["activity.place", "activity.createTenantKey", "activity.activateTenant", "workflow.onboardTenant", "KMS CreateKey"])
    expect([...names]).toContain(name);
  // It began in the portal, with the confirmation of the sign-up.
  expect(trace.map(({ service, name }) => `${service} ${name}`)).toContain("leasehold-portal signUp.confirm");
  const key = trace.find(({ name }) => name === "activity.createTenantKey");
  expect(key?.attributes).toMatchObject({ "leasehold.tenant_id": tenantId, "leasehold.request_id": onboardingRequest });
  const created = spans.filter(({ name }) => name === "documents.createFolder");
  const tracesOf = (from: string) => created.filter(({ service }) => service === from).map(({ traceId }) => traceId);
  expect(tracesOf("leasehold-portal")).toEqual(expect.arrayContaining(tracesOf("leasehold-application")));
  expect(tracesOf("leasehold-application").length).toBeGreaterThan(0);
  expect(spans.filter(({ service }) => service === "leasehold-application").map(({ name }) => name)).toEqual(
    expect.arrayContaining(["documents.createFolder", "tenant-enter", "KMS Decrypt", "S3 PutObject"]),
  );
}

test("metrics tell of operations, queues, seals and a bounded number of tenants, and of nobody else", async () => {
  const [fromApplication = "", fromWorker = "", fromPortal = ""] = await fetchMetrics();
  expect(fromApplication).toMatch(/leasehold_request_duration_seconds_count\{operation="documents.createFolder",code="200"\} [1-9]/);
  expect(fromPortal).toMatch(/leasehold_request_duration_seconds_count\{operation="session.signIn",code="UNAUTHENTICATED"\} [1-9]/);
  // The console's requests are counted in this process as well.
  expect(fromPortal).toMatch(/leasehold_request_duration_seconds_count\{operation="tenants.add",code="ok"\} [1-9]/);
  expect(fromPortal).toMatch(/leasehold_request_duration_seconds_count\{operation="suspension.suspend",code="NOT_FOUND"\} [1-9]/);
  expect(fromWorker).toMatch(/leasehold_request_duration_seconds_count\{operation="activity.place",code="ok"\} [1-9]/);
  for (const name of [
    "leasehold_queue_waiting",
    "leasehold_queue_oldest_seconds",
    "leasehold_audit_seal_lag_seconds",
    "leasehold_cross_tenant_uses_total",
  ])
    expect(fromWorker).toContain(`${name}{`);
  for (const text of [fromApplication, fromWorker, fromPortal]) expect(text).not.toMatch(/(usr|req|op|doc|fld)_[0-9A-Z]{26}/);
  for (const text of [fromApplication, fromWorker, fromPortal]) {
    expect(text).toMatch(new RegExp(`leasehold_tenant_requests_total\\{tenant="${tenantId}"\\} [1-9]`));
    const series = text.split("\n").filter((line) => /tnt_[0-9A-Z]{26}/.test(line));
    expect(series.every((line) => /^leasehold_tenant_request(s|_seconds)_total\{/.test(line))).toBe(true);
  }
});

test("nothing that somebody wrote, and no token, is in logs, spans or metrics", async () => {
  const output = [application.log(), worker.log(), portalLog, consoleLog, collector.text(), ...(await fetchMetrics())].join("\n");
  expect(output.length).toBeGreaterThan(10_000);
  for (const secret of [...secrets, ...bearers]) expect(output.includes(secret), secret).toBe(false);
  const { secrets: keys, aws } = world.stack;
  for (const key of [
    keys.workerTokenKey.d,
    keys.mailKey.d,
    keys.portalAuth,
    keys.portalHmac,
    keys.consoleAuth,
    keys.consoleHmac,
    aws.worker.secretAccessKey,
    aws.application.secretAccessKey,
  ])
    expect(output.includes(String(key))).toBe(false);
  expect(output).not.toMatch(/eyJ[\w-]{20,}\.[\w-]{20,}\./);
});
