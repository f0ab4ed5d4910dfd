import { setTimeout as sleep } from "node:timers/promises";
import type { Locator, Page } from "playwright";
import type { World } from "../support/world.ts";

export const password = "correct-horse-battery-staple-7";

export interface Person {
  organization: string;
  slug: string;
  email: string;
}

/** An organization that no other test uses. */
export function newPerson(label: string): Person {
  const tag = Math.random().toString(36).slice(2, 8);
  const organization = `${label} ${tag}`;
  return { organization, slug: organization.toLowerCase().replaceAll(" ", "-"), email: `owner@${label.toLowerCase()}-${tag}.example` };
}

/** Fills the sign-up form and sends it. */
export async function signUp(page: Page, portal: string, person: Person, plan = "Starter"): Promise<void> {
  await page.goto(`${portal}/sign-up`);
  await page.getByLabel("Organization name").fill(person.organization);
  await page.getByLabel("Work email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("radio", { name: plan, exact: true }).check();
  await page.getByRole("button", { name: "Create workspace" }).click();
  await page.getByRole("heading", { name: "Check your inbox" }).waitFor();
}

/** The newest link mailed to an address, waiting for it to arrive; another one than `known`. */
export async function linkMailedTo(world: World, email: string, path: RegExp, known?: string, waitMs = 20_000): Promise<string> {
  for (const until = Date.now() + waitMs; Date.now() < until; await sleep(100)) {
    const links = (await world.mailTo(email))
      .flatMap((mail) => mail.BodyText.match(/https?:\/\/\S+/g) ?? [])
      .filter((link) => path.test(link) && link !== known);
    const newest = links.at(-1);
    if (newest) return newest;
  }
  throw new Error(`no mail with a link like ${path} arrived`);
}

/** Waits for a mail with this subject to an address, and gives its text. */
export async function mailTo(world: World, email: string, subject: string): Promise<string> {
  for (const until = Date.now() + 20_000; Date.now() < until; await sleep(100)) {
    const mail = (await world.mailTo(email)).find((candidate) => candidate.Subject === subject);
    if (mail) return mail.BodyText;
  }
  throw new Error(`no mail "${subject}" arrived`);
}

export async function signIn(page: Page, portal: string, email: string, word = password): Promise<void> {
  await page.goto(`${portal}/sign-in`);
  await page.getByLabel("Work email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(word);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Presses Tab until the control has the focus. Fails on the way when something focused does not show it. */
export async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return "";
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(focused);
      const shows = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
      return shows ? "" : focused.outerHTML.slice(0, 200);
    });
    if (seen !== "") throw new Error(`the focus cannot be seen on ${seen}`);
    if (await control.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab does not reach ${control}`);
}

/** From the form to the open workspace. */
export async function openWorkspace(page: Page, world: World, portal: string, person: Person, plan?: string): Promise<void> {
  await signUp(page, portal, person, plan);
  await page.goto(await linkMailedTo(world, person.email, /verify-email/));
  await page.waitForURL(`${portal}/w/${person.slug}`, { timeout: 90_000, waitUntil: "commit" });
  await page.getByRole("heading", { level: 1 }).waitFor();
}

export async function signInToConsole(
  page: Page,
  world: World,
  console: string,
  { email, password } = world.stack.secrets.operator,
): Promise<void> {
  await page.goto(`${console}/sign-in`);
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/tenants/);
}
