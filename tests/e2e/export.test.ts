import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { withConnection } from "@leasehold/db/client";
import { missingLabels } from "@leasehold/domain/offboarding/exports";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { afterAll, beforeAll, expect, test } from "vitest";
import { screensOf } from "./journey-screens.ts";
import { mailTo, newPerson, openWorkspace } from "./journeys.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(["application", "worker", "portal"]);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

/** The workspace's exports had to do without everything that one may have to do without. */
const lackEverything = (slug: string) =>
  withConnection(stage.world.ownerUrl("control"), (owner) =>
    owner.query("update control.exports set missing = $2 where tenant_id = (select tenant_id from control.tenants where slug = $1)", [
      slug,
      Object.keys(missingLabels),
    ]),
  );

test.each(screensOf("export"))(
  "an owner asks for an export on a %s, is mailed, downloads it, and the command verifies it",
  async (screen) => {
    await using owner = await stage.visitor(screen);
    const person = newPerson("Lantern");
    const { page } = owner;
    await openWorkspace(page, stage.world, stage.portal, person);
    await page.goto(`${stage.portal}/w/${person.slug}/settings?tab=export`);
    await page.getByText("No export yet").waitFor();
    await owner.inspectBoth("60-export-empty");
    await page.getByRole("button", { name: "Export everything" }).click();
    await page.getByText("Ready", { exact: true }).waitFor();
    await owner.inspectBoth("61-export-ready");
    expect(await mailTo(stage.world, person.email, "Your export is ready")).toContain(`/w/${person.slug}/settings?tab=export`);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download" }).click()]);
    expect(download.suggestedFilename()).toMatch(/^exp_\w{26}\.tar$/);
    const folder = await mkdtemp(join(tmpdir(), "leasehold-e2e-export-"));
    try {
      const path = join(folder, "export.tar");
      await download.saveAs(path);
      const verify = join(repositoryRoot, "packages/archive/src/verify-cli.ts");
      const { stdout } = await promisify(execFile)(process.execPath, [verify, path]);
      expect(stdout).toMatch(/1 members/);
      expect(stdout).toMatch(/every sum and count holds/);
    } finally {
      await rm(folder, { recursive: true });
    }
    await lackEverything(person.slug);
    await page.reload();
    for (const words of Object.values(missingLabels)) await page.getByText(words, { exact: true }).waitFor();
    await owner.inspectBoth("63-export-missing");
    owner.calm();
  },
);
