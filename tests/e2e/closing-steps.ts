import type { Page } from "playwright";
import type { Person } from "./journeys.ts";
import type { Stage, Visitor } from "./stage.ts";

export const pageOf = (stage: Stage, person: Person, path = ""): string => `${stage.portal}/w/${person.slug}${path}`;
export const closingPage = (stage: Stage, person: Person): string => pageOf(stage, person, "/settings/closing");

export async function putDocument(stage: Stage, page: Page, person: Person): Promise<void> {
  await page.goto(pageOf(stage, person, "/documents"));
  const file = { name: "terms.txt", mimeType: "text/plain", buffer: Buffer.from(`Terms of ${person.organization}`) };
  await page.locator('input[type="file"]').first().setInputFiles(file);
  await page.getByText("terms.txt").first().waitFor();
}

/** From the page to the confirmed request. */
export async function confirmClosing(page: Page, person: Person): Promise<void> {
  await page.getByRole("button", { name: `Close ${person.organization}…` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/to confirm/).fill(person.slug);
  await dialog.getByRole("button", { name: "Close workspace" }).click();
  await dialog.waitFor({ state: "hidden" });
}

export const holdBegun = (page: Page): Promise<void> => page.getByText("On hold", { exact: true }).waitFor({ timeout: 120_000 });

/** A tenant's closing in the console. */
export async function openTenant(stage: Stage, { page }: Visitor, person: Person): Promise<void> {
  await page.goto(`${stage.console}/tenants?q=${person.slug}`);
  await page.getByRole("link", { name: person.organization }).first().click();
  await page.getByRole("heading", { name: person.organization, level: 1 }).waitFor();
  await page.getByRole("tab", { name: "Closing" }).click();
  await page.getByRole("heading", { name: "Legal holds" }).waitFor();
}
