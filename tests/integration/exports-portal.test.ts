import { createReadStream } from "node:fs";
import { verifyArchive } from "@leasehold/archive/verify-archive";
import type { ExportId } from "@leasehold/domain/offboarding/exports";
import { forwardArchive } from "@leasehold/portal/server/exports/forward-archive";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { documentsOf } from "../support/documents-client.ts";
import { awaitExport, saveArchive } from "../support/exports.ts";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { codeOf, createPortal, type Portal } from "../support/portal-fixtures.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

type Person = Awaited<ReturnType<Portal["member"]>>;
let world: World;
let portal: Portal;
let owner: Person;
let other: Person;
let admin: Person;
let exportId: ExportId;

beforeAll(async () => {
  world = await createWorld();
  await world.start("application", issuersWithoutPortal(world.stack));
  await world.start("worker");
  portal = await createPortal(world);
  (globalThis as { leaseholdPortal?: unknown }).leaseholdPortal = portal.portal;
  owner = await portal.member("owner", undefined, { open: false });
  const { rows } = await portal.owner.query("select operation_id from control.operations where tenant_id = $1", [owner.tenantId]);
  expect((await awaitOutcome(world, { ...owner, name: "", operationId: rows[0].operation_id })).state).toBe("SUCCEEDED");
  other = await portal.member("owner", owner);
  admin = await portal.member("admin", owner);
  await documentsOf(world, { ...owner, plan: "starter" }).store("Plan.txt", Buffer.from("all of it"));
});
afterAll(async () => {
  await portal?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

const ask = (person: Person) => person.call((call) => call.exports.request({ slug: owner.slug, idempotencyKey: crypto.randomUUID() }));
const linkOf = (person: Person) => person.call((call) => call.exports.link({ slug: owner.slug, exportId }));
const holding = (cookie: string) => ({ call: { cookie: () => cookie } });
const follow = (person: { call: { cookie(): string } }, url: string, headers: Record<string, string> = {}) =>
  forwardArchive(new Request(`${portal.portal.env.PORTAL_URL}${url}`, { headers: { cookie: person.call.cookie(), ...headers } }), {
    slug: owner.slug,
    exportId,
  });
const reasonOf = async (answer: Response) => `${answer.status} ${((await answer.json()) as { error: { code: string } }).error.code}`;

test("an owner asks, sees it grow ready, is mailed, downloads and verifies; the log says so", async () => {
  ({ exportId } = await ask(owner));
  await awaitExport(world, owner.tenantId, exportId);
  const list = await owner.call((call) => call.exports.list({ slug: owner.slug }));
  expect(list[0]).toMatchObject({ exportId, state: "READY", documents: 1, failure: null });
  expect(list[0]?.requestedBy).not.toContain("user:");
  expect(JSON.stringify(list)).not.toContain("index_");
  const { url, expiresAt } = await linkOf(owner);
  expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(15 * 60_000);
  const answer = await follow(owner, url);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-length")).toBe(String(list[0]?.bytes));
  expect(answer.headers.get("cache-control")).toContain("no-store");
  await using file = await saveArchive(answer);
  expect((await verifyArchive(createReadStream(file.path))).problems).toEqual([]);
  const rest = await follow(owner, url, { range: "bytes=1000-" });
  expect([rest.status, rest.headers.get("content-range")]).toEqual([206, `bytes 1000-${(list[0]?.bytes ?? 0) - 1}/${list[0]?.bytes}`]);
  await rest.body?.cancel();
  const log = await owner.call((call) => call.workspace.audit({ slug: owner.slug }));
  expect(log.items.filter(({ action }) => action.startsWith("export.")).map(({ action }) => action)).toEqual([
    "export.downloaded",
    "export.link-made",
    "export.ready",
    "export.requested",
  ]);
  await expect.poll(async () => (await world.mailTo(owner.email)).map(({ Subject }) => Subject)).toContain("Your export is ready");
  expect((await world.mailTo(other.email)).map(({ Subject }) => Subject)).not.toContain("Your export is ready");
});

test("a link is its person's and session's alone, opens one export, and ends with its time", async () => {
  const { url } = await linkOf(owner);
  expect(await reasonOf(await follow(other, url))).toBe("404 NOT_FOUND");
  expect(await reasonOf(await follow(admin, url))).toBe("403 FORBIDDEN");
  expect(await reasonOf(await follow(holding(""), url))).toBe("401 UNAUTHENTICATED");
});

test("nobody but owners asks for an export, sees one or gets a link", async () => {
  expect(await codeOf(ask(admin))).toBe("scope-missing");
  expect(await codeOf(linkOf(admin))).toBe("scope-missing");
  expect(await codeOf(admin.call((call) => call.exports.list({ slug: owner.slug })))).toBe("scope-missing");
});

test("a link is over after a quarter of an hour, and with its session at once", async () => {
  const { url } = await linkOf(other);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 15 * 60_000 + 1_000 });
  try {
    expect(await reasonOf(await follow(other, url))).toBe("412 PRECONDITION_FAILED");
  } finally {
    vi.useRealTimers();
  }
  const { url: fresh } = await linkOf(other);
  const cookie = other.call.cookie();
  await other.call((call) => call.session.signOut());
  expect(await reasonOf(await follow(holding(cookie), fresh))).toBe("401 UNAUTHENTICATED");
});
