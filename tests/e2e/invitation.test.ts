import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { screensOf } from "./journey-screens.ts";
import { linkMailedTo, newPerson, openWorkspace, password } from "./journeys.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(["application", "worker", "portal"]);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

describe.each(screensOf("invitation"))("on a %s", (screen) => {
  test("an invitation is accepted in a second browser, and a viewer cannot write", async () => {
    await using owner = await stage.visitor(screen);
    await using guest = await stage.visitor(screen);
    const person = newPerson("Everest");
    const email = `guest@${person.slug}.example`;
    await openWorkspace(owner.page, stage.world, stage.portal, person);

    await owner.page.goto(`${stage.portal}/w/${person.slug}/members`);
    await owner.page.getByRole("heading", { name: "Members", level: 1 }).waitFor();
    await owner.inspect("10-members");
    await owner.page.getByRole("button", { name: "Invite member" }).click();
    const dialog = owner.page.getByRole("dialog");
    await dialog.getByLabel("Email").fill(email);
    await dialog.getByLabel("Role").click();
    await owner.page.getByRole("option", { name: "Viewer" }).click();
    await owner.shoot("11-invite");
    await dialog.getByRole("button", { name: "Send invitation" }).click();
    await owner.page.getByText(email).first().waitFor();
    await owner.inspect("12-invited");

    await guest.page.goto(await linkMailedTo(stage.world, email, /invitations/));
    await guest.page.getByLabel("Your name").fill("Grace Guest");
    await guest.page.getByLabel("Password", { exact: true }).fill(`${password}-guest`);
    await guest.inspect("13-accept");
    await guest.page.getByRole("button", { name: "Accept invitation" }).click();
    await guest.page.waitForURL(`${stage.portal}/w/${person.slug}`);
    await guest.page.goto(`${stage.portal}/w/${person.slug}/documents`);
    await guest.page.getByRole("heading", { name: "Documents", level: 1 }).waitFor();
    expect(await guest.page.getByRole("button", { name: /upload|new folder/i }).count()).toBe(0);
    await guest.page.goto(`${stage.portal}/w/${person.slug}/members`);
    await guest.page.getByRole("heading", { name: "Members", level: 1 }).waitFor();
    expect(await guest.page.getByRole("button", { name: "Invite member" }).count()).toBe(0);
    await guest.inspect("14-members-of-a-viewer");

    await owner.page.reload();
    await owner.page.getByText("Grace Guest").first().waitFor();
    await owner.page.getByRole("combobox", { name: "Role of Grace Guest" }).click();
    await owner.page.getByRole("option", { name: "Member" }).click();
    await expect.poll(() => owner.page.getByRole("combobox", { name: "Role of Grace Guest" }).textContent()).toBe("member");
    await owner.inspect("15-role-changed");
    await guest.page.goto(`${stage.portal}/w/${person.slug}/documents`);
    await guest.page.getByRole("button", { name: "Upload", exact: true }).waitFor();
    await owner.page.getByRole("button", { name: "Remove Grace Guest" }).click();
    const confirm = owner.page.getByRole("alertdialog").or(owner.page.getByRole("dialog"));
    await owner.inspect("16-remove");
    await confirm.getByRole("button", { name: /remove/i }).click();
    await confirm.waitFor({ state: "hidden" });
    await guest.page.goto(`${stage.portal}/w/${person.slug}/documents`);
    await guest.page.getByRole("heading", { name: "This page does not exist" }).waitFor();
    owner.calm();
  });
});
