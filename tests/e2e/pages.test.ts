import { withConnection } from "@leasehold/db/client";
import { afterAll, beforeAll, describe, test } from "vitest";
import { chooseShare } from "../chaos/choose-sample.ts";
import { newPerson, openWorkspace, signInToConsole } from "./journeys.ts";
import { openStage, type Screen, type Stage, type Visitor } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(["application", "worker", "portal", "console"]);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const outside = [
  "",
  "sign-up",
  "sign-in",
  "forgot-password",
  "reset-password",
  "verify-email",
  "invitations/none",
  "onboarding",
  "nowhere",
];
const inside = ["", "/documents", "/members", "/audit", "/settings"];
const settings = ["Security", "Plan", "Data & keys"];
const console = ["tenants", "attention", "tenants/new", "tenants/none", "operators", "second-factor", "nowhere"];

const change = (text: string, values: unknown[] = []) =>
  withConnection(stage.world.ownerUrl("control"), (owner) => owner.query(text, values));

/** A banner on each page of the workspace. */
const loseKey = (slug: string) =>
  change(
    `insert into control.tenant_keys (tenant_id, lost) select tenant_id, $2 from control.tenants where slug = $1
     on conflict (tenant_id) do update set lost = excluded.lost`,
    [slug, JSON.stringify([{ purpose: "data", version: 1, epoch: 1, lostAt: "2026-01-01T00:00:00.000Z" }])],
  );

/** The sections of the inbox that are there only when something is wrong: a key that does not open, and a mail that nobody can write. */
async function fillInbox(): Promise<void> {
  const some = "from (select tenant_id from control.tenants where state = 'ACTIVE' order by created_at desc limit 1) t";
  await change(
    `insert into control.tenant_keys (tenant_id, unreadable) select tenant_id, $1 ${some}
     on conflict (tenant_id) do update set unreadable = excluded.unreadable`,
    [JSON.stringify({ pool: "none", epoch: 1, versions: [1], since: "2026-01-01T00:00:00.000Z" })],
  );
  await change(`insert into control.mail_requests (tenant_id, request_key, template, failed_at, failure)
    select tenant_id, 'of-the-inbox', 'not-a-mail', now(), 'template-unknown' ${some} on conflict do nothing`);
}

/** On the widest screen in light alone, and the pages that fill it: what differs there is where things stand. */
const look = (visitor: Visitor, screen: Screen) => (screen === "wide" ? visitor.inspect : visitor.inspectBoth);

const sizes = chooseShare<Screen>(["desktop", "phone", "wide"]);
describe.each(sizes)("on a %s, every page is whole in light and in dark, and still", (screen) => {
  test("of the portal", async () => {
    await using visitor = await stage.visitor(screen);
    const { page, still } = visitor;
    const inspect = look(visitor, screen);
    for (const path of screen === "wide" ? [""] : outside) {
      await page.goto(`${stage.portal}/${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await still(`60-${path.replace("/", "-") || "landing"}`);
      await inspect(`60-${path.replace("/", "-") || "landing"}`);
    }
    const person = newPerson("Nimbus");
    await openWorkspace(page, stage.world, stage.portal, person);
    for (const path of inside) {
      if (path === "/settings") await loseKey(person.slug);
      await page.goto(`${stage.portal}/w/${person.slug}${path}`, { waitUntil: "networkidle" });
      await page.getByRole("heading", { level: 1 }).waitFor();
      await still(`61-${path.slice(1) || "overview"}`);
      await inspect(`61-${path.slice(1) || "overview"}`);
    }
    for (const tab of screen === "wide" ? [] : settings) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByRole("tabpanel", { name: tab }).waitFor();
      await page.waitForLoadState("networkidle");
      await inspect(`62-settings-${tab.split(" ")[0]?.toLowerCase()}`);
    }
    if (screen === "phone") {
      await page.getByRole("button", { name: "Open the menu" }).click();
      await page.getByRole("link", { name: "Members" }).waitFor();
      await inspect("63-menu");
      await page.keyboard.press("Escape");
    }
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await inspect("64-palette");
    visitor.calm();
  });

  test("of the console", async () => {
    await using operator = await stage.visitor(screen);
    const { page, still } = operator;
    const inspect = look(operator, screen);
    await page.goto(`${stage.console}/sign-in`);
    await still("65-console-sign-in");
    await inspect("65-console-sign-in");
    await signInToConsole(page, stage.world, stage.console);
    await fillInbox();
    for (const path of console) {
      await page.goto(`${stage.console}/${path}`, { waitUntil: "networkidle" });
      await page.getByRole("heading", { level: 1 }).waitFor();
      if (path === "attention")
        for (const name of [/Give up keys of/, /Send again/]) await page.getByRole("button", { name }).first().waitFor();
      if (path === "operators")
        await page
          .getByRole("button", { name: /^Deactivate/ })
          .first()
          .waitFor();
      await still(`66-console-${path.replace("/", "-")}`);
      await inspect(`66-console-${path.replace("/", "-")}`);
    }
    operator.calm();
  });
});
