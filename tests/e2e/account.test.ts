import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { codeOfApp } from "../support/totp.ts";
import { screensOf } from "./journey-screens.ts";
import { linkMailedTo, newPerson, openWorkspace, password, signIn } from "./journeys.ts";
import { openStage, type Stage, type Visitor } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(["application", "worker", "portal"]);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const changed = `${password}-changed`;

/** Turns a second factor on, signs in with a code that was kept, and turns it off. */
async function setUpSecondFactor(visitor: Visitor, home: string, email: string): Promise<void> {
  const { page } = visitor;
  await page.goto(`${home}/settings?tab=security`);
  const card = page.getByRole("form", { name: "Second factor" });
  await card.getByRole("textbox", { name: "Your password" }).fill(changed);
  await visitor.inspect("56-security");
  await page.keyboard.press("Enter");
  await card.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
  await visitor.inspect("57-second-factor-secret");
  const secret = ((await card.locator("code").textContent()) ?? "").replaceAll(" ", "");
  await page.keyboard.type(codeOfApp(secret));
  await page.keyboard.press("Enter");
  const codes = card.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await codes.first().waitFor();
  const kept = await codes.allTextContents();
  expect(kept).toHaveLength(10);
  await visitor.inspect("58-recovery-codes");
  await card.getByRole("button", { name: "I have kept them" }).click();
  await card.getByText("10 recovery codes are left").waitFor();
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(`${stage.portal}/sign-in`);
  await signIn(page, stage.portal, email, changed);
  await page.getByRole("textbox", { name: "Code" }).waitFor();
  await visitor.inspect("59-code");
  await page.keyboard.type(kept[0] ?? "");
  await page.keyboard.press("Enter");
  await page.waitForURL(home);
  await page.goto(`${home}/settings?tab=security`);
  await card.getByText("9 recovery codes are left").waitFor();
  await card.getByRole("textbox", { name: "Your password" }).fill(changed);
  await card.getByRole("button", { name: "Turn off" }).click();
  await card.getByRole("button", { name: "Set up" }).waitFor();
}

describe.each(screensOf("account"))("on a %s", (screen) => {
  test("who forgot the password chooses another, which ends every session; a link works once", async () => {
    await using visitor = await stage.visitor(screen, { dark: screen === "desktop" });
    await using elsewhere = await stage.visitor(screen);
    const { page } = visitor;
    const person = newPerson("Mistral");
    const home = `${stage.portal}/w/${person.slug}`;
    await openWorkspace(page, stage.world, stage.portal, person);
    await signIn(elsewhere.page, stage.portal, person.email);
    await elsewhere.page.waitForURL(home);

    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.waitForURL(`${stage.portal}/sign-in`);
    await page.goBack();
    await page.waitForURL(/\/sign-in\?next=/);
    expect(await page.getByText(person.organization).count()).toBe(0);

    await signIn(page, stage.portal, person.email, "not the password at all");
    await page.getByText("E-mail or password is wrong.").waitFor();
    expect(await page.getByLabel("Work email").inputValue()).toBe(person.email);
    await visitor.inspect("50-wrong-password");

    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.getByRole("heading", { name: "Reset your password" }).waitFor();
    await page.getByLabel("Work email").fill(person.email);
    await visitor.inspect("51-forgot-password");
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText(/the mail is on its way/).waitFor();
    await visitor.inspect("52-reset-mailed");
    const link = await linkMailedTo(stage.world, person.email, /reset-password/);
    await page.goto(link);
    await page.getByRole("textbox", { name: "New password" }).fill("password");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText(/Use at least 15 characters/).waitFor();
    await visitor.inspect("53-new-password");
    await page.getByRole("textbox", { name: "New password" }).fill(changed);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.waitForURL(/\/sign-in/);

    // The other window is open still: what it reads next, by itself or for a click, takes it to the sign-in.
    const members = elsewhere.page.getByRole("link", { name: /member/i }).first();
    await members.click({ timeout: 5_000 }).catch(() => undefined);
    await vi.waitFor(() => expect(elsewhere.page.url()).toMatch(/\/sign-in\?next=/), { timeout: 30_000, interval: 100 });
    await signIn(page, stage.portal, person.email);
    await page.getByText("E-mail or password is wrong.").waitFor();
    await signIn(page, stage.portal, person.email, changed);
    await page.waitForURL(home);
    await page.goto(`${stage.portal}/sign-in`);
    await page.waitForURL(home);
    await page.goto(`${stage.portal}/verify-email?token=nothing`);
    await page.getByRole("button", { name: "Confirm e-mail" }).click();
    await page.getByRole("heading", { name: "This link opens nothing any more" }).waitFor();
    await visitor.inspect("55-nothing-to-confirm");
    await setUpSecondFactor(visitor, home, person.email);

    await elsewhere.page.goto(link);
    await elsewhere.page.getByRole("textbox", { name: "New password" }).fill(`${changed}-again`);
    await elsewhere.page.getByRole("button", { name: "Change password" }).click();
    await elsewhere.page.getByText("This link has expired or was used.", { exact: false }).waitFor();
    await elsewhere.inspect("54-link-over");
    visitor.calm();
  });
});
