import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { linkMailedTo, newPerson, openWorkspace, password, signIn } from "./journeys.ts";
import { openStage, type Screen, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(["application", "worker", "portal"]);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const changed = `${password}-changed`;

describe.each<Screen>(["desktop", "phone"])("on a %s", (screen) => {
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

    await elsewhere.page.goto(link);
    await elsewhere.page.getByRole("textbox", { name: "New password" }).fill(`${changed}-again`);
    await elsewhere.page.getByRole("button", { name: "Change password" }).click();
    await elsewhere.page.getByText("This link has expired or was used.", { exact: false }).waitFor();
    await elsewhere.inspect("54-link-over");
    visitor.calm();
  });
});
