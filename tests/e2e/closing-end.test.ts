import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closingPage, confirmClosing, holdBegun, openTenant, putDocument } from "./closing-steps.ts";
import { linkMailedTo, newPerson, openWorkspace, signInToConsole } from "./journeys.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(["application", "worker", "portal", "console"]);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

/** A moment as the field takes it, in the browser's own zone. */
const momentIn = (page: Page, milliseconds: number) =>
  page.evaluate((ms) => {
    const at = new Date(Date.now() + ms);
    return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  }, milliseconds);

test("a closing runs to its end, sooner because both sides agree, and anyone checks its certificate", async () => {
  await using owner = await stage.visitor("desktop");
  await using operator = await stage.visitor("desktop");
  await using anyone = await stage.visitor("desktop");
  const { page } = owner;
  const person = newPerson("Yew");
  await openWorkspace(page, stage.world, stage.portal, person);
  await putDocument(stage, page, person);
  await page.goto(closingPage(stage, person));
  await page.getByRole("switch", { name: /Export everything first/ }).click();
  await confirmClosing(page, person);
  await holdBegun(page);

  await page.getByRole("button", { name: "Ask for an earlier end" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Earlier end").fill(await momentIn(page, 40_000));
  await dialog.getByLabel("Why").fill("We are gone already");
  await owner.inspectBoth("100-earlier-end");
  await dialog.getByRole("button", { name: "Ask" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("You asked Leasehold for an earlier end").waitFor();
  await owner.inspect("101-earlier-end-asked");

  await signInToConsole(operator.page, stage.world, stage.console);
  await openTenant(stage, operator, person);
  await operator.page.getByRole("button", { name: "Agree to the earlier end" }).click();
  const agreeing = operator.page.getByRole("dialog");
  await agreeing.getByLabel("Reason").fill("The owner is known to us");
  await agreeing.getByRole("button", { name: "Agree" }).click();
  await agreeing.waitFor({ state: "hidden" });

  await page.getByRole("heading", { name: `${person.organization} is closed` }).waitFor({ timeout: 120_000 });
  await owner.inspectBoth("102-tombstone");
  const link = await linkMailedTo(stage.world, person.email, /certificates/, undefined, 240_000);
  await anyone.page.goto(link);
  await anyone.page.getByRole("heading", { level: 1 }).waitFor();
  await anyone.page.getByText("Holds, to the byte").waitFor();
  await anyone.inspectBoth("103-certificate");
  expect(await anyone.page.content()).not.toMatch(new RegExp(`${person.slug}|${person.organization}`, "i"));
  await operator.page.reload();
  await operator.page.getByRole("heading", { name: "Evidence" }).waitFor();
  await operator.inspectBoth("104-console-evidence");
});
