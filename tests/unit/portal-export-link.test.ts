import { checkExportLink, type LinkHolder, makeExportLink } from "@leasehold/portal/server/exports/export-link";
import { expect, test } from "vitest";

const secret = "a secret of this test alone";
const holder: LinkHolder = { tenantId: "tnt_1", exportId: "exp_1", userId: "usr_1", sessionToken: "one" };
const reasonOf = (check: () => void) => {
  try {
    check();
    return "opens";
  } catch (error) {
    return (error as { reason?: string }).reason;
  }
};

test("a link opens for whom it was made until its time is over, and for nobody else", () => {
  const { link, expiresAt } = makeExportLink(secret, holder);
  const as = (other: Partial<LinkHolder>, now?: number) => reasonOf(() => checkExportLink(secret, { ...holder, ...other }, link, now));
  expect(as({})).toBe("opens");
  for (const other of [{ tenantId: "tnt_2" }, { exportId: "exp_2" }, { userId: "usr_2" }, { sessionToken: "two" }])
    expect(as(other), Object.keys(other)[0]).toBe("link-unknown");
  expect([as({}, expiresAt.getTime() - 1), as({}, expiresAt.getTime())]).toEqual(["opens", "link-expired"]);
});

test("a link whose time was moved, or that was made under another secret, is nobody's", () => {
  const [ends = "", mac] = makeExportLink(secret, holder).link.split(".");
  const links = [`${Number(ends) + 60}.${mac}`, makeExportLink(`${secret}x`, holder).link, `${ends}.`, "", null];
  for (const link of links)
    expect(
      reasonOf(() => checkExportLink(secret, holder, link)),
      String(link),
    ).toBe("link-unknown");
});
