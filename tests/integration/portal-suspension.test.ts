import { newId } from "@leasehold/domain/ids";
import { applicationToken } from "@leasehold/portal/server/application/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeOf, createPortal, type Portal } from "../support/portal-fixtures.ts";
import { closedFor, privateReason, readOnlyFor, suspendInCatalog } from "../support/suspension.ts";

type Person = Awaited<ReturnType<Portal["member"]>>;

let fixtures: Portal;
beforeAll(async () => {
  fixtures = await createPortal();
});
afterAll(() => fixtures?.[Symbol.asyncDispose]());

async function suspended(asked: typeof closedFor | typeof readOnlyFor): Promise<{ owner: Person; member: Person }> {
  const owner = await fixtures.member("owner");
  await fixtures.settle(owner);
  const member = await fixtures.member("member", owner);
  const pool = (role: "operator" | "worker") => fixtures.world.pool("control", role);
  await suspendInCatalog({ operator: pool("operator"), worker: pool("worker") }, owner.tenantId, asked);
  return { owner, member };
}

const pagesOf = ({ call, slug }: Person) => [
  call((portal) => portal.workspace.get({ slug })),
  call((portal) => portal.members.list({ slug })),
  call((portal) => portal.keys.state({ slug })),
];
const shut = (person: Person) => Promise.all(pagesOf(person).map(codeOf));
const toldOf = ({ call, slug }: Person) => call((portal) => portal.workspace.suspension({ slug }));

async function tokenOf({ call, slug, userId }: Person): Promise<string> {
  const workspace = (await call((portal) => portal.session.current()))?.workspaces.find((each) => each.slug === slug);
  if (workspace === undefined) throw new Error("the list leaves it out");
  return applicationToken(fixtures.portal, workspace, userId).then(
    () => "signed",
    (error: { reason?: string }) => error.reason ?? "",
  );
}

test("a closed workspace shuts everybody out, owners too; owners are told why in our words, members that it is so", async () => {
  const { owner, member } = await suspended(closedFor);
  for (const person of [owner, member]) {
    expect(await shut(person)).toEqual(["tenant-suspended", "tenant-suspended", "tenant-suspended"]);
    expect(await tokenOf(person)).toBe("tenant-suspended");
  }
  expect(await toldOf(owner)).toEqual({ access: "closed", since: expect.any(Date), kind: "security" });
  expect(await toldOf(member)).toEqual({ access: "closed", since: expect.any(Date), kind: null });
  const request = { slug: owner.slug, confirmation: owner.slug, withExport: false, idempotencyKey: newId("request") };
  expect(await codeOf(owner.call((portal) => portal.offboarding.request(request)))).toBe("tenant-suspended");
});

test("one whose owners read lets them read and export, and nobody change", async () => {
  const { owner, member } = await suspended(readOnlyFor);
  expect(await shut(member)).toEqual(["tenant-suspended", "tenant-suspended", "tenant-suspended"]);
  expect(await shut(owner)).toEqual(["ok", "ok", "ok"]);
  expect([await tokenOf(owner), await tokenOf(member)]).toEqual(["signed", "tenant-suspended"]);
  const { call, slug } = owner;
  expect(await codeOf(call((portal) => portal.exports.request({ slug, idempotencyKey: newId("request") })))).toBe("ok");
  const changes = [
    call((portal) => portal.workspace.rename({ slug, name: "Other" })),
    call((portal) => portal.members.invite({ slug, email: "a@b.example", role: "viewer" })),
    call((portal) => portal.documents.createFolder({ slug, name: "x" })),
  ];
  expect(await Promise.all(changes.map(codeOf))).toEqual(changes.map(() => "tenant-suspended"));
  const log = JSON.stringify(await call((portal) => portal.workspace.audit({ slug, limit: 100 })));
  expect(log).toContain("suspension.suspend-requested");
  expect(log + JSON.stringify(await toldOf(owner))).not.toContain(privateReason);
});

test("the portal's login reads neither the reason nor who decided", async () => {
  const { owner } = await suspended(readOnlyFor);
  const pool = fixtures.world.pool("control", "portal");
  for (const column of ["reason", "requested_by"])
    await expect(pool.query(`select ${column} from control.suspensions where tenant_id = $1`, [owner.tenantId])).rejects.toThrow(
      /permission denied/,
    );
});
