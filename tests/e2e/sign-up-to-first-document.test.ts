import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkMailedTo, newPerson, openWorkspace, password, signUp, tabTo } from "./journeys.ts";
import { openStage, type Screen, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(["application", "worker", "portal"]);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

describe.each<Screen>(["desktop", "phone"])("on a %s", (screen) => {
  test("from the landing page to a first document that is read back", async () => {
    await using visitor = await stage.visitor(screen);
    const { page } = visitor;
    const person = newPerson("Acme");

    await page.goto(stage.portal);
    await visitor.inspect("01-landing");
    await signUp(page, stage.portal, person);
    await visitor.inspect("03-check-your-inbox");

    await page.goto(await linkMailedTo(stage.world, person.email, /verify-email/));
    await page.waitForURL(`${stage.portal}/onboarding**`);
    await page.getByText("Creating your encryption key", { exact: true }).waitFor();
    await visitor.shoot("04-onboarding");
    await page.waitForURL(`${stage.portal}/w/${person.slug}`, { timeout: 60_000, waitUntil: "commit" });
    await page.getByText("Where your data lives").first().waitFor();
    await visitor.inspect("05-overview");

    await page.goto(`${stage.portal}/w/${person.slug}/documents`);
    await page.getByRole("heading", { name: "Documents", level: 1 }).waitFor();
    await visitor.inspect("06-documents-empty");
    const body = `A first document of ${person.organization}.\n`;
    await page.getByLabel("Upload").setInputFiles({ name: "hello.txt", mimeType: "text/plain", buffer: Buffer.from(body) });
    await page.getByRole("button", { name: "hello.txt", exact: true }).waitFor();
    await visitor.inspect("07-documents");

    await page.getByRole("button", { name: "hello.txt", exact: true }).click();
    await page.getByText(body.trim()).waitFor();
    await visitor.shoot("08-preview");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download" }).first().click()]);
    expect(readFileSync(await download.path(), "utf8")).toBe(body);
    visitor.calm();
  });

  test("says what is wrong at the field, and sends nothing", async () => {
    await using visitor = await stage.visitor(screen);
    const { page } = visitor;
    await page.goto(`${stage.portal}/sign-up`);
    await page.getByLabel("Organization name").fill("Admin");
    await page.getByLabel("Work email").fill("nobody");
    await page.getByLabel("Password", { exact: true }).fill("password");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await page.getByText("This address is reserved. Choose another.").first().waitFor();
    await visitor.inspect("02-sign-up-errors");
    expect(await page.getByLabel("Password", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByLabel("Work email").getAttribute("aria-invalid")).toBe("true");
    expect(new URL(page.url()).pathname).toBe("/sign-up");
  });
});

test("a workspace is signed up for by keyboard alone, and whoever is focused can be seen", async () => {
  await using visitor = await stage.visitor("desktop");
  const { page } = visitor;
  const person = newPerson("Keystone");
  await page.goto(stage.portal);
  await tabTo(page, page.getByRole("link", { name: "Create a workspace" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Create a workspace" }).waitFor();
  await tabTo(page, page.getByLabel("Organization name"));
  await page.keyboard.type(person.organization);
  await tabTo(page, page.getByLabel("Work email"));
  await page.keyboard.type(person.email);
  await tabTo(page, page.getByLabel("Password", { exact: true }));
  await page.keyboard.type(password);
  await tabTo(page, page.getByRole("radio", { name: "Starter", exact: true }));
  // Held as long as a finger does: the choice follows the focus, which comes a moment after the key.
  await page.keyboard.press("ArrowDown", { delay: 150 });
  await page.getByRole("radio", { name: "Pro", exact: true, checked: true }).waitFor();
  await visitor.shoot("09-by-keyboard");
  await tabTo(page, page.getByRole("button", { name: "Create workspace" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Check your inbox" }).waitFor();
  visitor.calm();
});

test("progress survives a reload and goes on in a browser without an account", async () => {
  await using visitor = await stage.visitor("desktop", { dark: true });
  await using other = await stage.visitor("phone", { dark: true });
  const person = newPerson("Borealis");
  await signUp(visitor.page, stage.portal, person);
  await visitor.page.reload();
  await visitor.page.getByRole("heading", { name: "Check your inbox" }).waitFor();
  await visitor.inspect("03-check-your-inbox");

  await other.page.goto(await linkMailedTo(stage.world, person.email, /verify-email/));
  // This browser did not sign up: whoever reads the mail chooses the password.
  await other.page.getByLabel("Password", { exact: true }).fill(password);
  await other.page.getByRole("button", { name: "Confirm e-mail" }).click();
  await other.page.waitForURL(`${stage.portal}/w/${person.slug}`, { timeout: 60_000, waitUntil: "commit" });
  await other.page.getByText("Where your data lives").first().waitFor();
  await other.inspect("05-overview");
  // The first browser holds the capability only: it saw the steps, and signs in for the workspace.
  await visitor.page.waitForURL(/\/sign-in/, { timeout: 60_000, waitUntil: "commit" });
  await visitor.page.getByLabel("Email", { exact: true }).or(visitor.page.getByLabel("Work email")).fill(person.email);
  await visitor.page.getByLabel("Password", { exact: true }).fill(password);
  await visitor.page.getByRole("button", { name: "Sign in" }).click();
  await visitor.page.waitForURL(`${stage.portal}/w/${person.slug}`);
  visitor.calm();
});

test("another tenant's workspace answers as if it did not exist", async () => {
  await using mine = await stage.visitor("desktop");
  await using other = await stage.visitor("desktop");
  const [a, b] = [newPerson("Cobalt"), newPerson("Dover")];
  await openWorkspace(mine.page, stage.world, stage.portal, a);
  await openWorkspace(other.page, stage.world, stage.portal, b);
  await other.page.goto(`${stage.portal}/w/${a.slug}`);
  const foreign = await other.page.getByRole("heading", { level: 1 }).textContent();
  await other.page.goto(`${stage.portal}/w/no-such-workspace`);
  expect(await other.page.getByRole("heading", { level: 1 }).textContent()).toBe(foreign);
  expect(await other.page.getByText(a.organization).count()).toBe(0);

  // Whoever wishes for the same address is told so as they type.
  await using stranger = await stage.visitor("phone");
  await stranger.page.goto(`${stage.portal}/sign-up`);
  await stranger.page.getByLabel("Organization name").fill(a.organization);
  await stranger.page.getByText("This address is taken. Choose another.").waitFor();
  await stranger.page.getByLabel("Organization name").fill(newPerson("Cobalt").organization);
  await stranger.page.getByText("is free", { exact: true }).waitFor();
  expect(await stranger.page.getByText("This address is taken. Choose another.").count()).toBe(0);
});
