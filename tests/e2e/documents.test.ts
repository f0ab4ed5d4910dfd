import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { withConnection } from "@leasehold/db/client";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loseDataKey } from "../support/lose-data-key.ts";
import { screensOf } from "./journey-screens.ts";
import { newPerson, openWorkspace } from "./journeys.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(["application", "worker", "portal"]);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const lostVersion = 7;

/** Has the names of a workspace's folders say that they are under a version of its data key. */
async function nameFoldersUnder(slug: string, version: number): Promise<void> {
  const found = await withConnection(stage.world.ownerUrl("control"), (owner) =>
    owner.query<{ tenant_id: string }>("select tenant_id from control.tenants where slug = $1", [slug]),
  );
  const tenantId = found.rows[0]?.tenant_id ?? "";
  if (version === lostVersion) await loseDataKey(stage.world, tenantId, version);
  const said = "update app.folders set name_cipher = set_byte(name_cipher, 4, $2) where tenant_id = $1";
  await withConnection(stage.world.ownerUrl("application"), (owner) => owner.query(said, [tenantId, version]));
}

/** One of the actions that a row of the list offers. */
async function choose(page: Page, entry: string, action: string): Promise<void> {
  await page.getByRole("button", { name: `Actions for ${entry}` }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

async function rename(page: Page, from: string, to: string): Promise<void> {
  await choose(page, from, "Rename");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(to);
  await dialog.getByRole("button", { name: "Rename" }).click();
  await dialog.waitFor({ state: "hidden" });
}

describe.each(screensOf("documents"))("on a %s", (screen) => {
  test("documents are put into folders, looked at, found, renamed and deleted", async () => {
    await using visitor = await stage.visitor(screen, { dark: screen === "phone" });
    const { page } = visitor;
    const person = newPerson("Lumen");
    await openWorkspace(page, stage.world, stage.portal, person);
    await page.goto(`${stage.portal}/w/${person.slug}/documents`);

    await page.getByRole("button", { name: "New folder" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Create folder" }).click();
    await expect.poll(() => dialog.getByLabel("Name").getAttribute("aria-invalid")).toBe("true");
    await visitor.inspect("40-new-folder");
    await dialog.getByLabel("Name").fill("Contracts");
    await dialog.getByRole("button", { name: "Create folder" }).click();
    await page.getByRole("link", { name: "Contracts", exact: true }).click();
    await page.getByText("This folder is empty").waitFor();
    await visitor.inspect("41-empty-folder");

    const picture = await page.screenshot();
    const text = `Terms of ${person.organization}.\n${"A clause that nobody reads. ".repeat(200)}`;
    const upload = page.locator('input[type="file"]').first();
    await visitor.slowUploads(300_000);
    await upload.setInputFiles({ name: "backup.bin", mimeType: "application/octet-stream", buffer: randomBytes(1_500_000) });
    const progress = page.getByRole("progressbar", { name: "Upload of backup.bin" });
    await expect.poll(async () => Number(await progress.getAttribute("aria-valuenow")), { timeout: 10_000 }).toBeGreaterThan(0);
    expect(Number(await progress.getAttribute("aria-valuenow"))).toBeLessThan(1_500_000);
    await visitor.inspect("42-uploading");
    await visitor.slowUploads(0);
    await page.getByRole("link", { name: "backup.bin", exact: true }).waitFor();
    await upload.setInputFiles([
      { name: "a picture of the empty folder, as it was before anything had been put into it.png", mimeType: "image/png", buffer: picture },
      { name: "terms.txt", mimeType: "text/plain", buffer: Buffer.from(text) },
    ]);
    await page.getByRole("button", { name: "terms.txt", exact: true }).waitFor();
    await page.getByRole("button", { name: /^a picture/ }).waitFor();
    await visitor.inspect("43-folder");

    await page.getByRole("button", { name: /^a picture/ }).click();
    const image = page.getByRole("img", { name: /^a picture/ });
    await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(0);
    await visitor.inspect("44-image");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "terms.txt", exact: true }).click();
    await page.getByRole("region", { name: "Contents of terms.txt" }).getByText(`Terms of ${person.organization}.`).waitFor();
    await visitor.inspect("45-text");
    await page.getByRole("button", { name: "Close" }).first().click();
    const [download] = await Promise.all([page.waitForEvent("download"), choose(page, "terms.txt", "Download")]);
    expect(readFileSync(await download.path(), "utf8")).toBe(text);
    expect(download.suggestedFilename()).toBe("terms.txt");

    await rename(page, "terms.txt", "terms of 2026.txt");
    await page.getByRole("button", { name: "terms of 2026.txt", exact: true }).waitFor();
    await page.goto(`${stage.portal}/w/${person.slug}/documents`);
    await page.getByRole("searchbox", { name: "Search by name" }).fill("2026");
    await page.getByRole("button", { name: "terms of 2026.txt", exact: true }).waitFor();
    await visitor.inspect("46-found");
    await page.getByRole("searchbox", { name: "Search by name" }).fill("no such name");
    await page.getByText("No document has “no such name” in its name").waitFor();
    await visitor.inspect("47-not-found");
    await page.getByRole("searchbox", { name: "Search by name" }).fill("");
    await page.getByRole("link", { name: "Contracts", exact: true }).waitFor();

    await rename(page, "Contracts", "Old contracts");
    await choose(page, "Old contracts", "Delete");
    const confirm = page.getByRole("alertdialog");
    await confirm.getByRole("button", { name: "Delete folder" }).click();
    await confirm.getByRole("alert").waitFor();
    await visitor.inspect("48-folder-not-empty");
    await confirm.getByRole("button", { name: "Cancel" }).click();

    await nameFoldersUnder(person.slug, lostVersion);
    await page.reload();
    await page.getByRole("link", { name: "Name lost", exact: true }).waitFor();
    const why = page.getByRole("button", { name: "Why is this name lost?" });
    await (screen === "phone" ? why.tap() : why.press("Enter"));
    await page.getByText("The encryption key of this name was lost, and nobody can read it any more.").waitFor();
    await visitor.inspect("49-name-lost");
    await page.keyboard.press("Escape");
    await nameFoldersUnder(person.slug, 1);
    await page.reload();
    await page.getByRole("link", { name: "Old contracts", exact: true }).click();
    for (const name of [/^Actions for a picture/, /^Actions for terms/, /^Actions for backup/]) {
      await page.getByRole("button", { name }).click();
      await page.getByRole("menuitem", { name: "Delete" }).click();
      await confirm.getByText("This cannot be undone.").waitFor();
      await confirm.getByRole("button", { name: "Delete document" }).click();
      await confirm.waitFor({ state: "hidden" });
    }
    await page.getByText("This folder is empty").waitFor();
    await page.goBack();
    await choose(page, "Old contracts", "Delete");
    await confirm.getByRole("button", { name: "Delete folder" }).click();
    await page.getByText("No documents yet").waitFor();
    visitor.calm();
  });
});
