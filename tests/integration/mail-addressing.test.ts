import { createPool } from "@leasehold/db/client";
import { addressMail, listUnaddressedMail } from "@leasehold/db/control/mail/address-mail";
import { listGivenUpMail } from "@leasehold/db/control/mail/list-given-up-mail";
import { requestMail } from "@leasehold/db/control/mail/request-mail";
import { resendMail } from "@leasehold/db/control/mail/resend-mail";
import { withControl } from "@leasehold/db/control/with-control";
import { newId, type TenantId } from "@leasehold/domain/ids";
import type { KeyPurpose } from "@leasehold/domain/keys/custody";
import { type Addressing, addressMails, startAddressing } from "@leasehold/portal/server/mail/address-mails";
import { openMail } from "@leasehold/tenancy/mail/open-mail";
import { renderMail } from "@leasehold/tenancy/mail/render";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KnownOperator, operators } from "../support/operators.ts";
import { createPortal, type Portal } from "../support/portal-fixtures.ts";

let fixtures: Portal;
let needs: Addressing;
beforeAll(async () => {
  fixtures = await createPortal();
  // Each test says itself when mails are addressed, until the last one.
  await fixtures.portal.addressing.close();
  needs = fixtures.portal;
});
afterAll(() => fixtures?.[Symbol.asyncDispose]());

const ask = (tenantId: TenantId, template: string, props: Record<string, unknown> = {}, held = false) => {
  const requestKey = `${template}:${newId("event")}`;
  const pool = fixtures.world.pool("control", "worker");
  return withControl(pool, { tenantId }, (tx) => requestMail(tx, { tenantId, key: requestKey, template, props, held })).then(
    () => requestKey,
  );
};

interface Queued {
  dedupe_key: string;
  sealed: string;
  held: boolean;
  template: string;
}

const queued = async (tenantId: TenantId, requestKey: string) =>
  (
    await fixtures.owner.query<Queued>(
      `SELECT dedupe_key, sealed, template, next_attempt_at = 'infinity' AS held FROM control.mail_outbox
       WHERE tenant_id = $1 AND starts_with(dedupe_key, $2) ORDER BY dedupe_key`,
      [tenantId, requestKey],
    )
  ).rows;
const open = (sealed: string) => openMail(fixtures.world.stack.secrets.mailKey, sealed);
const isAddressed = async (requestKey: string) =>
  (await fixtures.rows("control.mail_requests WHERE request_key = $1 AND addressed_at IS NOT NULL", [requestKey])) === 1;

test("every owner gets one letter, sealed, with the workspace's name and the link to cancel; nobody else gets any", async () => {
  const owner = await fixtures.member("owner");
  const second = await fixtures.member("owner", owner);
  await fixtures.member("admin", owner);
  const requestKey = await ask(owner.tenantId, "workspace-closing", { tenantId: owner.tenantId, holdDays: 30 });
  expect(await addressMails(needs)).toBe(1);
  const letters = await queued(owner.tenantId, requestKey);
  expect(letters.map(({ dedupe_key }) => dedupe_key).toSorted()).toEqual(
    [owner, second].map(({ userId }) => `${requestKey}:${userId}`).toSorted(),
  );
  const mails = await Promise.all(letters.map(({ sealed }) => open(sealed)));
  expect(mails.map(({ to }) => to).toSorted()).toEqual([owner.email, second.email].toSorted());
  for (const { sealed } of letters) expect(sealed).not.toContain("@");
  for (const mail of mails) {
    const { subject, text } = renderMail(mail);
    expect(subject).toBe("Your workspace is being closed");
    expect(text).toContain(`${fixtures.portal.env.PORTAL_URL}/w/${owner.slug}/settings/closing`);
    expect(text).toContain("30 days");
  }
  expect(await addressMails(needs)).toBe(0);
  expect(await queued(owner.tenantId, requestKey)).toHaveLength(2);
});

test("two portals at once write each letter once", async () => {
  const owner = await fixtures.member("owner");
  const keys = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      ask(owner.tenantId, "closing-reminder", { tenantId: owner.tenantId, days: index + 1, endsAt: "2031-01-01T00:00:00.000Z" }),
    ),
  );
  const counts = await Promise.all([addressMails(needs), addressMails(needs), addressMails(needs)]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(12);
  for (const requestKey of keys) expect(await queued(owner.tenantId, requestKey)).toHaveLength(1);
});

test("what a crash leaves unmarked is addressed again, and reaches nobody twice", async () => {
  const owner = await fixtures.member("owner");
  const requestKey = await ask(owner.tenantId, "closing-cancelled", { tenantId: owner.tenantId });
  const [mail] = (await listUnaddressedMail(needs.control)).filter((each) => each.requestKey === requestKey);
  if (mail === undefined) throw new Error("it does not wait");
  const broken = addressMail(needs.control, mail, [
    { userId: owner.userId, sealed: "first" },
    { userId: "usr_x", sealed: null as unknown as string },
  ]);
  await expect(broken).rejects.toThrow();
  expect(await isAddressed(requestKey)).toBe(false);
  expect(await queued(owner.tenantId, requestKey)).toEqual([]);
  expect(await addressMails(needs)).toBe(1);
  expect(await queued(owner.tenantId, requestKey)).toHaveLength(1);
  expect(await addressMail(needs.control, mail, [{ userId: owner.userId, sealed: "again" }])).toBe("elsewhere");
});

test("a held mail is addressed at once and waits in the outbox", async () => {
  const owner = await fixtures.member("owner");
  const certificateId = newId("certificate");
  const requestKey = await ask(owner.tenantId, "workspace-closed", { tenantId: owner.tenantId, certificateId }, true);
  expect(await addressMails(needs)).toBe(1);
  const [letter] = await queued(owner.tenantId, requestKey);
  expect(letter).toMatchObject({ held: true, template: "workspace-closed" });
  const { text } = renderMail(await open(letter?.sealed ?? ""));
  expect(text).toContain(`${fixtures.portal.env.PORTAL_URL}/certificates/${certificateId}`);
});

test("one that nobody can write holds up no other, is given up for good, and operators see why", async () => {
  const owner = await fixtures.member("owner");
  const unknown = await ask(owner.tenantId, "not-a-mail");
  const malformed = await ask(owner.tenantId, "closing-reminder", { days: "three" });
  const good = await ask(owner.tenantId, "closing-cancelled", { tenantId: owner.tenantId });
  expect(await addressMails(needs)).toBe(1);
  expect([await isAddressed(unknown), await isAddressed(malformed), await isAddressed(good)]).toEqual([false, false, true]);
  expect(await listUnaddressedMail(needs.control)).toEqual([]);
  const told = await listGivenUpMail(fixtures.world.pool("control", "operator"));
  expect(told.map(({ requestKey, failure }) => [requestKey, failure]).sort()).toEqual(
    [
      [unknown, "template-unknown"],
      [malformed, "props-malformed"],
    ].sort(),
  );
  expect(JSON.stringify(told)).not.toContain("three");
});

describe("one that was given up", () => {
  const as = (tenantId: TenantId, name: KnownOperator = "olga") => ({
    tenantId,
    actor: { type: "operator" as const, operatorId: operators[name] },
    requestId: newId("request"),
  });
  const console = () => fixtures.world.pool("control", "operator");
  const waits = async (requestKey: string) =>
    (await fixtures.rows("control.mail_requests WHERE request_key = $1 AND failed_at IS NULL AND addressed_at IS NULL", [requestKey])) ===
    1;
  const giveUp = async (tenantId: TenantId) => {
    const requestKey = await ask(tenantId, "closing-cancelled", { tenantId });
    await fixtures.owner.query("UPDATE control.mail_requests SET failed_at = now(), failure = 'props-malformed' WHERE request_key = $1", [
      requestKey,
    ]);
    return requestKey;
  };

  test("is written after all when an operator sends it again, once, however often they ask; the audit log names them", async () => {
    const owner = await fixtures.member("owner");
    const requestKey = await giveUp(owner.tenantId);
    expect(await addressMails(needs)).toBe(0);
    const both = await Promise.all([
      resendMail(console(), as(owner.tenantId), requestKey),
      resendMail(console(), as(owner.tenantId), requestKey),
    ]);
    expect(both.toSorted()).toEqual(["repeated", "requested"]);
    expect(await addressMails(needs)).toBe(1);
    expect(await resendMail(console(), as(owner.tenantId), requestKey)).toBe("repeated");
    expect(await addressMails(needs)).toBe(0);
    expect(await queued(owner.tenantId, requestKey)).toHaveLength(1);
    const audit = await fixtures.owner.query("SELECT actor FROM control.audit WHERE tenant_id = $1 AND action = 'mail.sent-again'", [
      owner.tenantId,
    ]);
    expect(audit.rows).toEqual([{ actor: `operator:${operators.olga}` }]);
  });

  test("stays so for somebody whose role does not hold it, without readers, and for a tenant that is shredded", async () => {
    const owner = await fixtures.member("owner");
    const requestKey = await giveUp(owner.tenantId);
    const asleep = (table: string, set: string) =>
      fixtures.owner.query(`BEGIN; ALTER TABLE control.${table} DISABLE TRIGGER USER;
        UPDATE control.${table} SET ${set} WHERE tenant_id = '${owner.tenantId}'; ALTER TABLE control.${table} ENABLE TRIGGER USER; COMMIT`);
    await expect(resendMail(console(), as(owner.tenantId, "sam"), requestKey)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(resendMail(console(), as(owner.tenantId), "none")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await asleep("members", "role = 'admin'");
    await expect(resendMail(console(), as(owner.tenantId), requestKey)).rejects.toMatchObject({ reason: "recipient-gone" });
    await asleep("members", "role = 'owner'");
    await asleep("tenants", "state = 'SHREDDING'");
    await expect(resendMail(console(), as(owner.tenantId), requestKey)).rejects.toMatchObject({ reason: "past-no-return" });
    expect(await waits(requestKey)).toBe(false);
    await asleep("tenants", "state = 'ACTIVE'");
    expect(await resendMail(console(), as(owner.tenantId), requestKey)).toBe("requested");
    expect(await addressMails(needs)).toBe(1);
  });
});

test("one that cannot be addressed right now is tried again", async () => {
  const owner = await fixtures.member("owner");
  const requestKey = await ask(owner.tenantId, "closing-cancelled", { tenantId: owner.tenantId });
  const away = createPool("postgres://nobody@127.0.0.1:1/nothing", { max: 1 });
  expect(await addressMails({ ...needs, identity: away })).toBe(0);
  await away.end();
  expect(await isAddressed(requestKey)).toBe(false);
  expect(await addressMails(needs)).toBe(1);
  expect(await isAddressed(requestKey)).toBe(true);
});

test("owners of a workspace read which of its keys are lost, what that means, and what they can do", async () => {
  const owner = await fixtures.member("owner");
  const lettersFor = async (purposes: readonly KeyPurpose[]) => {
    const requestKey = await ask(owner.tenantId, "key-lost", { purposes });
    expect(await addressMails(needs)).toBe(1);
    const [letter] = await queued(owner.tenantId, requestKey);
    return renderMail(await open(letter?.sealed ?? ""));
  };
  const both = await lettersFor(["data", "index"]);
  expect(both.subject).toBe("An encryption key of your workspace is lost");
  expect(both.text).toContain("has lost a data key and the key that names are found by");
  expect(both.text).toMatch(/cannot be read by anybody any more.*rotate the data key.*New keys are in place/s);
  expect(both.text).toContain(`${fixtures.portal.env.PORTAL_URL}/w/${owner.slug}/settings?tab=data`);
  const runs = await lettersFor(["payload"]);
  expect(runs.text).toContain("Nothing of your documents is affected.");
  expect(runs.text).not.toMatch(/New keys are in place|rotate|earlier export/);
});

test("owners of a workspace read why its export failed, and what comes next", async () => {
  const owner = await fixtures.member("owner");
  const exportId = newId("export");
  for (const closing of [false, true]) {
    const requestKey = await ask(owner.tenantId, "export-failed", { exportId, failure: "key-rotated", closing });
    expect(await addressMails(needs)).toBe(1);
    const [letter] = await queued(owner.tenantId, requestKey);
    const { subject, text } = renderMail(await open(letter?.sealed ?? ""));
    expect(subject).toBe("Your export could not be built");
    expect(text).toContain("The encryption key was rotated while it was built.");
    expect(text).toContain(closing ? "nothing is erased before" : "Nothing in the workspace has changed");
    expect(text).toContain(exportId);
  }
});

test("the portal that runs addresses what is asked for as it is asked, with nobody on its pages", async () => {
  const owner = await fixtures.member("owner");
  const before = await ask(owner.tenantId, "closing-cancelled", { tenantId: owner.tenantId });
  const running = startAddressing(needs);
  try {
    await expect.poll(() => isAddressed(before), { timeout: 10_000 }).toBe(true);
    const after = await ask(owner.tenantId, "closing-cancelled", { tenantId: owner.tenantId });
    await expect.poll(() => isAddressed(after), { timeout: 5_000 }).toBe(true);
  } finally {
    await running.close();
  }
});
