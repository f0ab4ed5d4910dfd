import { afterAll, beforeAll, describe, test } from "vitest";
import { newPerson, openWorkspace, signInToConsole } from "./journeys.ts";
import { openStage, type Screen, type Stage } from "./stage.ts";

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
const console = ["tenants", "attention", "tenants/new", "tenants/none", "operators", "nowhere"];

describe.each<Screen>(["desktop", "phone"])("on a %s, every page is whole in light and in dark", (screen) => {
  test("of the portal", async () => {
    await using visitor = await stage.visitor(screen);
    const { page } = visitor;
    for (const path of outside) {
      await page.goto(`${stage.portal}/${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await visitor.inspectBoth(`60-${path.replace("/", "-") || "landing"}`);
    }
    const person = newPerson("Nimbus");
    await openWorkspace(page, stage.world, stage.portal, person);
    for (const path of inside) {
      await page.goto(`${stage.portal}/w/${person.slug}${path}`, { waitUntil: "networkidle" });
      await page.getByRole("heading", { level: 1 }).waitFor();
      await visitor.inspectBoth(`61-${path.slice(1) || "overview"}`);
    }
    for (const tab of settings) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByRole("tabpanel", { name: tab }).waitFor();
      await page.waitForLoadState("networkidle");
      await visitor.inspectBoth(`62-settings-${tab.split(" ")[0]?.toLowerCase()}`);
    }
    if (screen === "phone") {
      await page.getByRole("button", { name: "Open the menu" }).click();
      await page.getByRole("link", { name: "Members" }).waitFor();
      await visitor.inspectBoth("63-menu");
      await page.keyboard.press("Escape");
    }
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await visitor.inspectBoth("64-palette");
    visitor.calm();
  });

  test("of the console", async () => {
    await using operator = await stage.visitor(screen);
    const { page } = operator;
    await page.goto(`${stage.console}/sign-in`);
    await operator.inspectBoth("65-console-sign-in");
    await signInToConsole(page, stage.world, stage.console);
    for (const path of console) {
      await page.goto(`${stage.console}/${path}`, { waitUntil: "networkidle" });
      await page.getByRole("heading", { level: 1 }).waitFor();
      await operator.inspectBoth(`66-console-${path.replace("/", "-")}`);
    }
    operator.calm();
  });
});
