import { stat } from "node:fs/promises";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closingPage, confirmClosing, holdBegun, openTenant, pageOf, putDocument } from "./closing-steps.ts";
import { screensOf } from "./journey-screens.ts";
import { linkMailedTo, mailTo, newPerson, openWorkspace, type Person, password, signInToConsole } from "./journeys.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(["application", "worker", "portal", "console"]);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

/** A second browser, in which an invited viewer is in the workspace. */
async function inviteViewer(owner: Page, guest: Page, person: Person): Promise<void> {
  const email = `guest@${person.slug}.example`;
  await owner.goto(pageOf(stage, person, "/members"));
  await owner.getByRole("button", { name: "Invite member" }).click();
  const dialog = owner.getByRole("dialog");
  await dialog.getByLabel("Email").fill(email);
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await owner.getByText(email).first().waitFor();
  await guest.goto(await linkMailedTo(stage.world, email, /invitations/));
  await guest.getByLabel("Your name").fill("Grace Guest");
  await guest.getByLabel("Password", { exact: true }).fill(`${password}-guest`);
  await guest.getByRole("button", { name: "Accept invitation" }).click();
  await guest.waitForURL(pageOf(stage, person));
}

describe.each(screensOf("closing"))("on a %s", (screen) => {
  test("an owner closes the workspace, takes everything out and cancels: everything is as it was", async () => {
    await using owner = await stage.visitor(screen);
    await using guest = await stage.visitor(screen);
    const { page } = owner;
    const person = newPerson("Larch");
    await openWorkspace(page, stage.world, stage.portal, person);
    await putDocument(stage, page, person);
    await inviteViewer(page, guest.page, person);

    await page.goto(pageOf(stage, person, "/settings"));
    await page.getByRole("link", { name: "Close workspace…" }).click();
    await page.getByRole("heading", { name: "What goes" }).waitFor();
    await page.getByText("1 document,").waitFor();
    await page.getByText("2 members,").waitFor();
    await owner.inspectBoth("80-close-preview");
    await page.getByRole("button", { name: `Close ${person.organization}…` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/to confirm/).fill(`${person.slug}x`);
    expect(await dialog.getByRole("button", { name: "Close workspace" }).isDisabled()).toBe(true);
    await owner.inspectBoth("81-close-confirm");
    await page.keyboard.press("Escape");
    await confirmClosing(page, person);
    await holdBegun(page);
    await page.getByText("Comes back when you cancel").first().waitFor();
    await owner.inspectBoth("82-closing-hold");

    await guest.page.goto(pageOf(stage, person, "/documents"));
    await guest.page.getByRole("heading", { name: `${person.organization} is being closed` }).waitFor();
    expect(await guest.page.getByText("terms.txt").count()).toBe(0);
    await guest.inspectBoth("83-shut-out");
    await page.goto(pageOf(stage, person, "/documents"));
    await page.getByText("This workspace is being closed").waitFor();
    await page.getByText("terms.txt").first().waitFor();
    expect(await page.getByRole("button", { name: "Upload", exact: true }).count()).toBe(0);
    await owner.inspectBoth("84-closing-banner");
    expect(await mailTo(stage.world, person.email, "Your workspace is being closed")).toContain(closingPage(stage, person));

    await page.goto(closingPage(stage, person));
    const [download] = await Promise.all([
      page.waitForEvent("download", { timeout: 60_000 }),
      page.getByRole("button", { name: "Download" }).click({ timeout: 60_000 }),
    ]);
    expect((await stat(await download.path())).size).toBeGreaterThan(500);

    await page.getByRole("button", { name: "Cancel the closing" }).click();
    await owner.inspectBoth("85-closing-cancel");
    await dialog.getByRole("button", { name: "Cancel the closing" }).click();
    await page.getByText("Everything is as it was before.").waitFor({ timeout: 120_000 });
    await owner.inspectBoth("86-closing-cancelled");
    await guest.page.goto(pageOf(stage, person, "/documents"));
    await guest.page.getByText("terms.txt").first().waitFor();
    await page.goto(pageOf(stage, person, "/documents"));
    await page.getByRole("button", { name: "Upload", exact: true }).waitFor();
    expect(await page.getByText("This workspace is being closed").count()).toBe(0);
    await mailTo(stage.world, person.email, "Your workspace stays open");
    owner.calm();
    guest.calm();
  });

  test("an operator asks and another approves; a legal hold pauses the end; the closing is cancelled", async () => {
    await using owner = await stage.visitor("desktop");
    await using first = await stage.visitor(screen);
    await using second = await stage.visitor(screen, { dark: true });
    const person = newPerson("Maple");
    await openWorkspace(owner.page, stage.world, stage.portal, person);
    await signInToConsole(first.page, stage.world, stage.console);
    await signInToConsole(second.page, stage.world, stage.console, stage.world.stack.secrets.secondOperator);

    await openTenant(stage, first, person);
    await first.inspectBoth("90-console-closing");
    await first.page.getByRole("button", { name: `Ask to close ${person.organization}…` }).click();
    const asking = first.page.getByRole("dialog");
    await asking.getByLabel("Reason").fill("The contract has ended");
    await asking.getByLabel(/to confirm/).fill(person.slug);
    await first.inspect("91-console-ask");
    await asking.getByRole("button", { name: "Ask to close" }).click();
    await asking.waitFor({ state: "hidden" });
    await first.page.getByText("You asked for this").waitFor();
    expect(await first.page.getByRole("button", { name: `Approve closing ${person.organization}` }).isDisabled()).toBe(true);
    await first.inspectBoth("92-console-own-request");

    await second.page.goto(`${stage.console}/attention`);
    await second.page.getByRole("button", { name: `Approve closing ${person.organization}` }).click();
    const approving = second.page.getByRole("dialog");
    await approving.getByLabel("Reason").fill("Checked with billing");
    await approving.getByLabel(/to confirm/).fill(person.organization);
    await second.inspect("93-console-approve-closing");
    await approving.getByRole("button", { name: "Approve closing" }).click();
    await approving.waitFor({ state: "hidden" });

    await first.page.getByText("The hold began").waitFor({ timeout: 120_000 });
    await first.page.getByRole("button", { name: "Place legal hold" }).click();
    await asking.getByLabel("Case number").fill("2031-7");
    await asking.getByLabel("Reason").fill("A court asked for it");
    await asking.getByRole("button", { name: "Place legal hold" }).click();
    await asking.waitFor({ state: "hidden" });
    await first.page.getByText("1 open hold").waitFor();
    await first.inspectBoth("94-console-legal-hold");
    await owner.page.goto(closingPage(stage, person));
    await owner.page.getByText("Paused by a legal hold").first().waitFor();
    expect(await owner.page.content()).not.toMatch(/2031-7|A court asked/);
    await owner.inspectBoth("95-paused-by-a-legal-hold");

    await first.page.getByRole("button", { name: "Release the legal hold of 2031-7" }).click();
    await asking.getByLabel("Reason").fill("The case is closed");
    await asking.getByLabel(/to confirm/).fill("2031-7");
    await asking.getByRole("button", { name: "Release" }).click();
    await asking.waitFor({ state: "hidden" });
    await first.page.getByText("None open").waitFor();

    await first.page.getByRole("button", { name: "Cancel the closing" }).click();
    await asking.getByLabel("Reason").fill("The contract goes on");
    await asking.getByRole("button", { name: "Cancel the closing" }).click();
    await asking.waitFor({ state: "hidden" });
    await expect.poll(() => first.page.getByRole("button", { name: /^Ask to close/ }).isEnabled(), { timeout: 120_000 }).toBe(true);
    await first.inspectBoth("96-console-cancelled");
    for (const visitor of [owner, first, second]) visitor.calm();
  });
});
