import { randomBytes } from "node:crypto";
import { withConnection } from "@leasehold/db/client";
import { listAudit } from "@leasehold/db/control/audit/list-audit";
import { readOperatorStanding } from "@leasehold/db/control/operators/read-operator-standing";
import { destroyDataKeys } from "@leasehold/db/keyring/keep-data-key";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { signDecodeToken } from "@leasehold/tenancy/payloads/codec-server/decode-token";
import { writeWire } from "@leasehold/tenancy/payloads/codec-server/wire";
import { createPayloadCodec } from "@leasehold/tenancy/payloads/create-payload-codec";
import type { Payload } from "@leasehold/tenancy/payloads/payload";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConsoleEnv } from "../../apps/console/src/env.ts";
import { createAuth } from "../../apps/console/src/server/identity/create-auth.ts";
import { identityPool } from "../../apps/console/src/server/identity/options.ts";
import { seedOperator } from "../../apps/console/src/server/identity/seed-operator.ts";
import { answerDecode, answerPreflight, type DecodeNeeds } from "../../apps/console/src/server/payloads/answer-decode.ts";
import { createRequestBudget } from "../../apps/console/src/server/payloads/request-budget.ts";
import type { AppProcess } from "../support/app-process.ts";
import { seedActiveTenant } from "../support/offboarding/closing.ts";
import { type KnownOperator, operators, roleOf, withoutSecondFactor } from "../support/operators.ts";
import { giveKeys } from "../support/payloads/carrier.ts";
import { createPortal, type Portal } from "../support/portal-fixtures.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let worker: AppProcess;
let env: Record<string, string>;
let identity: Pool;
let auth: ReturnType<typeof createAuth>;
let portal: Portal;
let cookie: string;
let operatorId: string;
let tenants: { ours: TenantId; theirs: TenantId; shredded: TenantId };
const operator = { email: "reads@example.test", password: "operate-carefully-7" };
const temporalUi = "http://localhost:8233";

beforeAll(async () => {
  world = await createWorld();
  worker = await world.start("worker");
  env = stackEnv(world.stack, "console");
  const settings = env as unknown as ConsoleEnv;
  identity = identityPool(settings.CONSOLE_IDENTITY_DATABASE_URL);
  auth = createAuth(settings, identity);
  portal = await createPortal(world);
  await seedOperator(settings, identity, { ...operator, first: { role: "security", control: world.pool("control", "operator") } });
  const signedIn = await auth.api.signInEmail({
    body: operator,
    headers: new Headers({ "x-client-address": "192.0.2.1" }),
    returnHeaders: true,
  });
  cookie = cookieOf(signedIn.headers);
  operatorId = signedIn.response.user.id;
  const query = (plane: "control" | "application" | "keyring", text: string, values?: unknown[]) =>
    withConnection(world.ownerUrl(plane), async (owner) => (await owner.query(text, values)).rows as never);
  const seed = async () => giveKeys(world, (await seedActiveTenant({ query })).tenantId);
  tenants = { ours: await seed(), theirs: await seed(), shredded: await giveKeys(world) };
});
afterAll(async () => {
  await portal?.[Symbol.asyncDispose]();
  await identity?.end();
  await world?.[Symbol.asyncDispose]();
});

const cookieOf = (headers: Headers) =>
  headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");

const secretOf = (what: string) => `secret-${what}-${randomBytes(9).toString("hex")}`;

async function seal(workflowId: string | undefined, text: string): Promise<Payload> {
  const codec = createPayloadCodec({ keys: world.payloadKeys, unreadable: "fail" });
  const plain = { metadata: { encoding: Buffer.from("json/plain") }, data: Buffer.from(JSON.stringify(text)) };
  const [payload] = await codec.encode([plain], workflowId === undefined ? undefined : { workflowId });
  return payload as Payload;
}
const runOf = (tenantId: TenantId) => `t:${tenantId}:export:${newId("operation")}`;

const needs = (changes: Partial<DecodeNeeds> = {}): DecodeNeeds => ({
  settings: {
    origins: [new URL(env.CONSOLE_URL ?? "").origin, temporalUi],
    payloadsUrl: env.PAYLOADS_URL,
    tokenKey: world.stack.secrets.consoleTokenKey,
  },
  pool: world.pool("control", "operator"),
  operatorOf: async (headers) => {
    const session = await auth.api.getSession({ headers });
    const role = session ? (await readOperatorStanding(world.pool("control", "operator"), session.user.id))?.role : undefined;
    return session
      ? { operatorId: session.user.id, name: session.user.name, email: session.user.email, role, ...withoutSecondFactor }
      : undefined;
  },
  budget: createRequestBudget(),
  logger: { info: () => {}, warn: () => {} } as unknown as DecodeNeeds["logger"],
  ...changes,
});

const asked = (body: string, headers: Record<string, string> = {}) =>
  new Request("http://console.test/api/codec/decode", {
    method: "POST",
    headers: { origin: temporalUi, "content-type": "application/json", "x-namespace": "default", cookie, ...headers },
    body,
  });

async function textsOf(response: Response): Promise<unknown[]> {
  const { payloads } = (await response.json()) as { payloads: { data: string }[] };
  return payloads.map(({ data }) => JSON.parse(Buffer.from(data, "base64").toString()));
}

/** Without the number that the sealer gives a row within a second. */
const auditOf = async (tenantId: TenantId) =>
  (await listAudit(world.pool("control", "operator"), tenantId, { limit: 50 })).items
    .filter(({ action }) => action === "payloads.read")
    .map(({ seq: _, ...row }) => row);
const platformReads = async () =>
  (
    await world
      .pool("control", "operator")
      .query("select owner, actor, namespace, runs, payloads from control.payload_reads order by read_at")
  ).rows;

describe("the codec server", () => {
  test("opens payloads of several tenants and of the platform in one request, shows what is shredded, and writes every read down", async () => {
    const [a, b, gone] = [runOf(tenants.ours), runOf(tenants.theirs), runOf(tenants.shredded)];
    const texts = [secretOf("a"), secretOf("b"), secretOf("gone"), secretOf("platform"), secretOf("memo"), secretOf("a-again")];
    const ids = [a, b, gone, "onboarding:op_x", undefined, a];
    const payloads = await Promise.all(texts.map((text, index) => seal(ids[index], text)));
    await destroyDataKeys(world.pool("keyring", "worker"), tenants.shredded);
    const response = await answerDecode(asked(writeWire(payloads)), needs());
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe(temporalUi);
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await textsOf(response)).toEqual([texts[0], texts[1], "[shredded]", texts[3], texts[4], texts[5]]);

    const actor = `operator:${operatorId}`;
    expect(await auditOf(tenants.ours)).toMatchObject([{ actor, details: { namespace: "default", payloads: 2, runs: [a] } }]);
    expect(await auditOf(tenants.theirs)).toMatchObject([{ actor, details: { namespace: "default", payloads: 1, runs: [b] } }]);
    expect(await platformReads()).toEqual([
      { owner: tenants.shredded, actor, namespace: "default", runs: [gone], payloads: 1 },
      { owner: "control-plane", actor, namespace: "default", runs: ["onboarding:op_x"], payloads: 2 },
    ]);
    expect(await auditOf(tenants.shredded)).toEqual([]);
    const log = worker.log();
    for (const text of texts) expect(log).not.toContain(text);
  });

  test("tells nobody anything who is not signed in as an operator, and writes nothing down", async () => {
    const secret = secretOf("unread");
    const body = writeWire([await seal(runOf(tenants.ours), secret)]);
    const before = [await auditOf(tenants.ours), await platformReads()];
    const person = await portal.member("owner");
    for (const cookie of ["", person.call.cookie(), "leasehold-console.session_token=made.up"]) {
      const response = await answerDecode(asked(body, { cookie }), needs());
      expect(response.status).toBe(401);
      expect(response.headers.get("access-control-allow-origin")).toBe(temporalUi);
      expect(await response.text()).not.toContain(secret);
    }
    // Signed in, and in a role that reads none.
    const support = {
      operatorId: newId("operator"),
      name: "Sam",
      email: "sam@example.test",
      role: "support" as const,
      ...withoutSecondFactor,
    };
    const refused = await answerDecode(asked(body), needs({ operatorOf: async () => support }));
    expect([refused.status, (await refused.text()).includes(secret)]).toEqual([403, false]);
    expect([await auditOf(tenants.ours), await platformReads()]).toEqual(before);
  });

  test("tells an operator whose role does not hold it which does, and the database refuses one that the console let in", async () => {
    const secret = secretOf("unread");
    const body = writeWire([await seal(runOf(tenants.ours), secret)]);
    const before = [await auditOf(tenants.ours), await platformReads()];
    const as = (name: KnownOperator, role = roleOf(name)) =>
      answerDecode(
        asked(body),
        needs({
          operatorOf: async () => ({ operatorId: operators[name], name: "O", email: "o@example.test", role, ...withoutSecondFactor }),
        }),
      );
    for (const name of ["sam", "olga"] as const) {
      const refused = await as(name);
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain("takes the role security or admin");
      // A console that was told another role than the database knows.
      const slipped = await as(name, "admin");
      expect(slipped.status).toBe(503);
      expect(await slipped.text()).not.toContain(secret);
    }
    expect([await auditOf(tenants.ours), await platformReads()]).toEqual(before);
    expect(await textsOf(await as("sid"))).toEqual([secret]);
  });

  test("answers its own pages and the Temporal UI's, and no other origin", async () => {
    const body = writeWire([await seal(runOf(tenants.ours), secretOf("page"))]);
    for (const origin of ["https://elsewhere.example", "null", "http://localhost:8234", "https://localhost:8233"]) {
      const response = await answerDecode(asked(body, { origin }), needs());
      expect(response.status, origin).toBe(403);
      expect(response.headers.get("access-control-allow-origin"), origin).toBeNull();
      const preflight = answerPreflight(new Request("http://console.test/", { method: "OPTIONS", headers: { origin } }), needs().settings);
      expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([403, null]);
    }
    const preflight = answerPreflight(
      new Request("http://console.test/", { method: "OPTIONS", headers: { origin: temporalUi } }),
      needs().settings,
    );
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      "access-control-allow-origin": temporalUi,
      "access-control-allow-credentials": "true",
      "access-control-allow-headers": "content-type, x-namespace",
    });
  });

  test("hands nothing out that could not be written down, nor without the worker", async () => {
    const secret = secretOf("unwritten");
    const body = writeWire([await seal(runOf(tenants.ours), secret)]);
    const unable = world.pool("control", "auditor");
    for (const changes of [{ pool: unable }, { settings: { ...needs().settings, payloadsUrl: "http://127.0.0.1:9/payloads/decode" } }]) {
      const response = await answerDecode(asked(body), needs(changes));
      expect(response.status).toBe(503);
      expect(await response.text()).not.toContain(secret);
    }
    const off = await answerDecode(asked(body), needs({ settings: { ...needs().settings, tokenKey: undefined } }));
    expect(off.status).toBe(404);
  });

  test("bounds what is asked for at once, and how fast", async () => {
    for (const [body, status] of [
      ["", 400],
      ["{", 400],
      ['{"payloads":[{"data":"not base64!"}]}', 400],
      [JSON.stringify({ payloads: Array.from({ length: 2_001 }, () => ({})) }), 400],
      [`{"payloads":[{"data":"${"A".repeat(9 * 1024 * 1024)}"}]}`, 413],
    ] as const) {
      expect((await answerDecode(asked(body), needs())).status, body.slice(0, 40)).toBe(status);
    }
    let now = 0;
    const budget = createRequestBudget(() => now);
    const taken = () => Array.from({ length: 600 }, () => budget.take(operatorId)).filter(Boolean).length;
    expect([taken(), taken()]).toEqual([500, 0]);
    now += 2_000;
    expect(taken()).toBe(50);
    expect(budget.take("opr_another")).toBe(true);
    const refused = await answerDecode(asked('{"payloads":[]}'), needs({ budget }));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "2"]);
  });
});

describe("the worker's endpoint", () => {
  const post = (body: string, authorization?: string) =>
    fetch(env.PAYLOADS_URL ?? "", { method: "POST", body, headers: authorization === undefined ? {} : { authorization } });

  test("opens a body for the console's token for it, and for nothing else", async () => {
    const secret = secretOf("direct");
    const body = writeWire([await seal(runOf(tenants.ours), secret)]);
    const ownKey = world.stack.secrets.consoleTokenKey;
    const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
    const strange: JWK = await exportJWK(privateKey);
    const refused = [
      undefined,
      "Bearer a.b.c",
      `Bearer ${await signDecodeToken(ownKey, operatorId, `${body} `)}`,
      `Bearer ${await signDecodeToken(strange, operatorId, body)}`,
      `Bearer ${await signDecodeToken(ownKey, "usr_somebody", body)}`,
      await world.tokenFor({ tenantId: tenants.ours, userId: newId("user") }),
    ];
    for (const authorization of refused) {
      const response = await post(body, authorization);
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain(secret);
    }
    expect(await textsOf(await post(body, `Bearer ${await signDecodeToken(ownKey, operatorId, body)}`))).toEqual([secret]);
  });

  test("takes no more than it says, and no other method", async () => {
    expect((await fetch(env.PAYLOADS_URL ?? "")).status).toBe(405);
    const large = "x".repeat(9 * 1024 * 1024);
    const status = await post(large, `Bearer ${await signDecodeToken(world.stack.secrets.consoleTokenKey, operatorId, large)}`).then(
      (response) => response.status,
      () => "cut off",
    );
    expect([413, "cut off"]).toContain(status);
    const text = "not a list";
    const answered = await post(text, `Bearer ${await signDecodeToken(world.stack.secrets.consoleTokenKey, operatorId, text)}`);
    expect(answered.status).toBe(400);
  });
});
