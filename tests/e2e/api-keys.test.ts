import { appUrl } from "@leasehold/infra/local/stack-env";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { restClient } from "../support/api-client.ts";
import { screensOf } from "./journey-screens.ts";
import { newPerson, openWorkspace } from "./journeys.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(["application", "worker", "portal"]);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

describe.each(screensOf("api-keys"))("on a %s", (screen) => {
  test("an API key is created, shown once, used by a program, and revoked", async () => {
    await using owner = await stage.visitor(screen);
    const person = newPerson("Kestrel");
    const { page } = owner;
    await openWorkspace(page, stage.world, stage.portal, person);
    await page.goto(`${stage.portal}/w/${person.slug}/api-keys`);
    await page.getByText("There is no API key yet").waitFor();
    await owner.inspectBoth("20-api-keys-empty");

    await page.getByRole("button", { name: "Create API key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Create key" }).click();
    await dialog.getByText("Enter a name.").waitFor();
    await owner.inspectBoth("21-create-key");
    await dialog.getByLabel("Name").fill("Nightly sync");
    await dialog.getByLabel("Write documents").check();
    await dialog.getByRole("button", { name: "Create key" }).click();
    const text = await dialog.getByLabel("API key", { exact: true }).inputValue();
    expect(text).toMatch(/^lhk_/);
    await owner.inspectBoth("22-key-shown-once");
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByText("Nightly sync").waitFor();
    expect(await page.content()).not.toContain(text);

    const program = restClient(appUrl(stage.world.stack, "application"), text);
    expect((await program("POST", "/v1/folders", { name: "From a program" })).status).toBe(201);
    await page.reload();
    await owner.inspectBoth("23-api-keys");
    await page.getByRole("button", { name: "Change the rate of Nightly sync" }).click();
    await dialog.getByLabel("Requests per second").fill("1000");
    await dialog.getByRole("button", { name: "Change rate" }).click();
    await dialog.getByText("Your plan gives a key at most 10.").waitFor();
    await owner.inspectBoth("26-change-rate");
    await dialog.getByLabel("Requests per second").fill("2");
    await dialog.getByRole("button", { name: "Change rate" }).click();
    await dialog.waitFor({ state: "hidden" });
    const paced = await program("GET", "/v1/usage");
    expect(paced.headers.get("ratelimit-policy")).toContain('"key";q=');
    await page.reload();
    if (screen === "desktop") await page.getByText("2/s, 10 at once").waitFor();
    await page.getByRole("button", { name: "Revoke Nightly sync" }).click();
    const confirm = page.getByRole("alertdialog");
    await owner.inspectBoth("24-revoke-key");
    await confirm.getByRole("button", { name: "Revoke key" }).click();
    await page.getByText("Revoked", { exact: true }).waitFor();
    expect((await program("GET", "/v1/documents")).status).toBe(401);
    owner.calm();
  });
});

test("the interface's page shows every operation, and runs nothing from elsewhere", async () => {
  await using reader = await stage.visitor("desktop");
  const origin = appUrl(stage.world.stack, "application");
  const elsewhere: string[] = [];
  reader.page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) elsewhere.push(request.url());
  });
  await reader.page.goto(`${origin}/docs`);
  await reader.page.getByText("/v1/documents/{documentId}/body").first().waitFor();
  await reader.shoot("25-interface");
  expect(elsewhere).toEqual([]);
  reader.calm();
});
