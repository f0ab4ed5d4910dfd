import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkMailedTo, newPerson, openWorkspace, password, signInToConsole, signUp } from "./journeys.ts";
import { openStage, type Screen, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(["application", "worker", "portal", "console"]);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

describe.each<Screen>(["desktop", "phone"])("on a %s", (screen) => {
  test("an operator finds a tenant, sees its steps and follows it into the Temporal UI", async () => {
    await using visitor = await stage.visitor("desktop");
    await using operator = await stage.visitor(screen, { dark: screen === "phone" });
    const person = newPerson("Harbor");
    await openWorkspace(visitor.page, stage.world, stage.portal, person);

    await signInToConsole(operator.page, stage.world, stage.console);
    await operator.page.getByRole("searchbox").first().fill(person.slug);
    await operator.page.getByRole("link", { name: person.organization }).first().click();
    await operator.page.getByRole("heading", { name: person.organization, level: 1 }).waitFor();
    await operator.inspect("30-console-tenant");
    await operator.page.getByRole("tab", { name: "Operations" }).click();
    await operator.page.getByText("Create the tenant's key").first().waitFor();
    await operator.inspect("31-console-operations");
    for (const tab of ["Placement & resources", "People", "Audit", "Timeline", "Operations"]) {
      await operator.page.getByRole("tab", { name: tab }).click();
      await operator.page.getByRole("tabpanel", { name: tab }).waitFor();
      await operator.page.waitForLoadState("networkidle");
      await operator.inspect(`32-console-${tab.split(" ")[0]?.toLowerCase()}`);
    }
    const link = operator.page.getByRole("link", { name: /Run in Temporal/ }).first();
    expect(await link.getAttribute("href")).toContain("/namespaces/default/workflows/onboarding");
    const [run] = await Promise.all([operator.context.waitForEvent("page"), link.click()]);
    await run.getByText("onboardTenant").first().waitFor();
    await run.getByText("Completed").first().waitFor();
    await operator.shoot("36-temporal-ui", run);
    for (const secret of [person.email, person.organization, person.slug]) expect(await run.content()).not.toContain(secret);
    operator.calm();
  });
});

test("an operator adds a tenant, whose administrator takes it over by mail", async () => {
  await using operator = await stage.visitor("desktop");
  await using visitor = await stage.visitor("desktop");
  const person = newPerson("Iris");
  await signInToConsole(operator.page, stage.world, stage.console);
  await operator.page.goto(`${stage.console}/tenants/new`);
  await operator.page.getByLabel("Organization name").fill(person.organization);
  await operator.page.getByLabel("Administrator's work email").fill(person.email);
  await operator.page.getByText("Available").waitFor();
  await operator.inspect("33-console-add-tenant");
  await operator.page.getByRole("button", { name: "Add tenant" }).click();
  await operator.page.waitForURL(/\/tenants\/tnt_/);

  const first = await linkMailedTo(stage.world, person.email, /invitations/);
  await operator.page.getByRole("tab", { name: "People" }).click();
  await operator.page.getByRole("button", { name: /^Send again the invitation of / }).click();
  const dialog = operator.page.getByRole("dialog");
  await dialog.getByLabel("Administrator’s email").fill(person.email);
  await dialog.getByLabel("Reason").fill("The first mail was deleted");
  await operator.inspect("37-console-send-again");
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await dialog.waitFor({ state: "hidden" });
  await operator.inspect("38-console-people");

  const second = await linkMailedTo(stage.world, person.email, /invitations/, first);
  await visitor.page.goto(first);
  expect(await visitor.page.getByRole("button", { name: "Accept invitation" }).count()).toBe(0);
  await visitor.inspect("39-invitation-over");
  await visitor.page.goto(second);
  await visitor.page.getByLabel("Your name").fill("Ada Admin");
  await visitor.page.getByLabel("Password", { exact: true }).fill(password);
  await visitor.page.getByRole("button", { name: "Accept invitation" }).click();
  await visitor.page.waitForURL(`${stage.portal}/w/${person.slug}`);
});

test("a silo plan waits for approval, then has a stack of its own", async () => {
  await using visitor = await stage.visitor("desktop");
  await using operator = await stage.visitor("desktop");
  const person = newPerson("Juniper");
  await signUp(visitor.page, stage.portal, person, "Enterprise");
  await visitor.page.goto(await linkMailedTo(stage.world, person.email, /verify-email/));
  await visitor.page.getByRole("heading", { name: "Waiting for approval" }).waitFor();
  await visitor.inspect("34-awaiting-approval");

  await signInToConsole(operator.page, stage.world, stage.console);
  await operator.page.goto(`${stage.console}/attention`);
  await operator.page.getByRole("button", { name: `Approve ${person.organization}` }).click();
  const dialog = operator.page.getByRole("dialog").or(operator.page.getByRole("alertdialog"));
  await dialog.getByLabel("Reason").fill("The contract is signed");
  await operator.inspect("34-console-approve");
  await dialog.getByRole("button", { name: "Approve" }).click();
  await visitor.page.waitForURL(`${stage.portal}/w/${person.slug}`, { timeout: 90_000, waitUntil: "commit" });
  await visitor.page.getByText("Where your data lives").first().waitFor();
  await visitor.inspect("35-silo-overview");
});
