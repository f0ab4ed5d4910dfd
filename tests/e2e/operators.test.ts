import { chooseFreePorts } from "@leasehold/infra/local/ports";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startCollector } from "../support/otlp-collector.ts";
import { screensOf } from "./journey-screens.ts";
import { linkMailedTo, newPerson, openWorkspace, password, signInToConsole, signUp } from "./journeys.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
let collector: Awaited<ReturnType<typeof startCollector>>;
let ports: { portal: number; console: number };
const met: { organization: string; slug: string; email: string }[] = [];
beforeAll(async () => {
  collector = await startCollector();
  ports = await chooseFreePorts();
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: "200" };
  stage = await openStage(["application", "worker", "portal", "console"], {
    application: tracing,
    portal: { ...tracing, PORTAL_METRICS_PORT: String(ports.portal) },
    console: { ...tracing, CONSOLE_METRICS_PORT: String(ports.console) },
  });
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await collector?.[Symbol.asyncDispose]();
});

describe.each(screensOf("operators"))("on a %s", (screen) => {
  test("an operator finds a tenant, sees its steps and follows it into the Temporal UI", async () => {
    await using visitor = await stage.visitor("desktop");
    await using operator = await stage.visitor(screen, { dark: screen === "phone" });
    const person = newPerson("Harbor");
    met.push(person);
    await openWorkspace(visitor.page, stage.world, stage.portal, person);

    await signInToConsole(operator.page, stage.world, stage.console);
    await operator.page.getByRole("searchbox").first().fill(person.slug);
    await operator.page.getByRole("link", { name: person.organization }).first().click();
    await operator.page.getByRole("heading", { name: person.organization, level: 1 }).waitFor();
    await operator.inspect("30-console-tenant");
    await operator.page.getByRole("tab", { name: "Operations" }).click();
    await operator.page.getByText("Create the tenant's key").first().waitFor();
    await operator.inspect("31-console-operations");
    for (const tab of ["Placement & resources", "People", "Audit", "Timeline", "Operations"]) {
      await operator.page.getByRole("tab", { name: tab }).click();
      await operator.page.getByRole("tabpanel", { name: tab }).waitFor();
      await operator.page.waitForLoadState("networkidle");
      await operator.inspect(`32-console-${tab.split(" ")[0]?.toLowerCase()}`);
    }
    const link = operator.page.getByRole("link", { name: /Run in Temporal/ }).first();
    expect(await link.getAttribute("href")).toContain("/namespaces/default/workflows/onboarding");
    const [run] = await Promise.all([operator.context.waitForEvent("page"), link.click()]);
    await run.getByText("onboardTenant").first().waitFor();
    await run.getByText("Completed").first().waitFor();
    await operator.shoot("36-temporal-ui", run);
    for (const secret of [person.email, person.organization, person.slug]) expect(await run.content()).not.toContain(secret);
    await askForReset(operator, person.organization);
    operator.calm();
  });
});

/** Asks for the end of a person's second factor, sees that another operator has to agree, and takes it back. */
async function askForReset({ page, inspect }: Awaited<ReturnType<Stage["visitor"]>>, organization: string): Promise<void> {
  await page.getByRole("tab", { name: "People" }).click();
  await page.getByRole("button", { name: /^Reset second factor of usr_/ }).click();
  const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
  await dialog.getByLabel("How the person was identified").fill("Called back on the number of the contract");
  await inspect("36-console-reset-second-factor");
  await dialog.getByRole("button", { name: "Ask for it" }).click();
  await page.getByText("Reset of second factor waits for approval").waitFor();
  await page.goto(`${stage.console}/attention`);
  const asked = page.getByRole("article", { name: `Second factor of a person of ${organization}` });
  await asked.getByText("another operator has to approve it").waitFor();
  expect(await asked.getByRole("button", { name: /^Approve/ }).isDisabled()).toBe(true);
  await inspect("36-console-reset-waits");
  await asked.getByRole("button", { name: /^Reject/ }).click();
  await dialog.getByLabel("Reason").fill("They have found a recovery code");
  await dialog.getByRole("button", { name: "Reject" }).click();
  await asked.waitFor({ state: "hidden" });
}

test("an operator suspends a tenant, whose people are told, and everything is back when it is resumed", async () => {
  await using visitor = await stage.visitor("phone");
  await using operator = await stage.visitor("desktop");
  const person = newPerson("Juniper");
  met.push(person);
  await openWorkspace(visitor.page, stage.world, stage.portal, person);
  await signInToConsole(operator.page, stage.world, stage.console);
  await operator.page.getByRole("searchbox").first().fill(person.slug);
  await operator.page.getByRole("link", { name: person.organization }).first().click();

  const decide = async (button: RegExp, reason: string, shot: string) => {
    await operator.page.getByRole("button", { name: button }).click();
    const dialog = operator.page.getByRole("dialog");
    if (shot.endsWith("suspend")) await dialog.getByRole("radio", { name: "Nobody" }).click();
    await dialog.getByLabel("Reason").fill(reason);
    await operator.inspect(shot);
    await dialog.getByRole("button", { name: /^(Suspend|Resume)$/ }).click();
    await dialog.waitFor({ state: "hidden" });
  };
  const home = `${stage.portal}/w/${person.slug}`;
  const { page } = visitor;
  await page.goto(`${home}/documents`);
  const file = { name: "kept.txt", mimeType: "text/plain", buffer: Buffer.from("kept through everything") };
  await page.locator('input[type="file"]').first().setInputFiles(file);
  await page.getByText("kept.txt").first().waitFor();

  await decide(/^Suspend /, "They pay late", "39-console-suspend-read-only");
  await operator.page.getByRole("button", { name: /^Resume / }).waitFor();
  await page.reload();
  await page.getByText("This workspace is suspended").waitFor();
  await page.getByText("kept.txt").first().waitFor();
  for (const name of ["Upload", "New folder"]) expect(await page.getByRole("button", { name, exact: true }).count(), name).toBe(0);
  const data = { json: { slug: person.slug, name: "More" } };
  const change = await page.request.post(`${stage.portal}/api/trpc/documents.createFolder`, { headers: { origin: stage.portal }, data });
  expect([change.status(), await change.text()]).toEqual([412, expect.stringContaining("tenant-suspended")]);
  await visitor.inspectBoth("39-portal-read-only");
  await decide(/^Resume /, "They have paid a part", "39-console-resume-read-only");

  const reason = "Their invoices are not paid";
  await decide(/^Suspend /, reason, "39-console-suspend");
  await operator.page.getByRole("button", { name: /^Resume / }).waitFor();
  await operator.page.getByText(reason).first().waitFor();
  await operator.inspect("39-console-suspended");
  const told = async (subject: string) => (await stage.world.mailTo(person.email)).filter(({ Subject }) => Subject === subject).length;
  await expect.poll(() => told("Your workspace is suspended"), { timeout: 30_000 }).toBe(2);

  await page.goto(home);
  await page.getByRole("heading", { name: `${person.organization} is suspended` }).waitFor();
  expect(await page.content()).not.toContain(reason);
  await visitor.inspectBoth("39-portal-suspended");

  await decide(/^Resume /, "They have paid", "39-console-resume");
  // The page opens by itself.
  await page.getByRole("heading", { name: person.organization, level: 1, exact: true }).waitFor();
  await page.goto(`${home}/documents`);
  await page.getByRole("heading", { name: "Documents" }).first().waitFor();
  await page.getByText("kept.txt").first().waitFor();
  await expect.poll(() => told("Your workspace is active again"), { timeout: 30_000 }).toBe(2);
  operator.calm();
});

test("an operator adds a tenant, whose administrator takes it over by mail", async () => {
  await using operator = await stage.visitor("desktop");
  await using visitor = await stage.visitor("desktop");
  const person = newPerson("Iris");
  await signInToConsole(operator.page, stage.world, stage.console);
  await operator.page.goto(`${stage.console}/tenants/new`);
  await operator.page.getByLabel("Organization name").fill(person.organization);
  await operator.page.getByLabel("Administrator's work email").fill(person.email);
  await operator.page.getByText("Available").waitFor();
  await operator.inspect("33-console-add-tenant");
  await operator.page.getByRole("button", { name: "Add tenant" }).click();
  await operator.page.waitForURL(/\/tenants\/tnt_/);

  const first = await linkMailedTo(stage.world, person.email, /invitations/);
  await operator.page.getByRole("tab", { name: "People" }).click();
  await operator.page.getByRole("button", { name: /^Send again the invitation of / }).click();
  const dialog = operator.page.getByRole("dialog");
  await dialog.getByLabel("Administrator’s email").fill(person.email);
  await dialog.getByLabel("Reason").fill("The first mail was deleted");
  await operator.inspect("37-console-send-again");
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await dialog.waitFor({ state: "hidden" });
  await operator.inspect("38-console-people");

  const second = await linkMailedTo(stage.world, person.email, /invitations/, first);
  await visitor.page.goto(first);
  expect(await visitor.page.getByRole("button", { name: "Accept invitation" }).count()).toBe(0);
  await visitor.inspect("39-invitation-over");
  await visitor.page.goto(second);
  await visitor.page.getByLabel("Your name").fill("Ada Admin");
  await visitor.page.getByLabel("Password", { exact: true }).fill(password);
  await visitor.page.getByRole("button", { name: "Accept invitation" }).click();
  await visitor.page.waitForURL(`${stage.portal}/w/${person.slug}`);
});

test("a silo plan waits for approval, then has a stack of its own", async () => {
  await using visitor = await stage.visitor("desktop");
  await using operator = await stage.visitor("desktop");
  const person = newPerson("Juniper");
  await signUp(visitor.page, stage.portal, person, "Enterprise");
  await visitor.page.goto(await linkMailedTo(stage.world, person.email, /verify-email/));
  await visitor.page.getByRole("heading", { name: "Waiting for approval" }).waitFor();
  await visitor.inspect("34-awaiting-approval");

  await signInToConsole(operator.page, stage.world, stage.console);
  await operator.page.goto(`${stage.console}/attention`);
  await operator.page.getByRole("button", { name: `Approve ${person.organization}` }).click();
  const dialog = operator.page.getByRole("dialog").or(operator.page.getByRole("alertdialog"));
  await dialog.getByLabel("Reason").fill("The contract is signed");
  await operator.inspect("34-console-approve");
  await dialog.getByRole("button", { name: "Approve" }).click();
  await visitor.page.waitForURL(`${stage.portal}/w/${person.slug}`, { timeout: 90_000, waitUntil: "commit" });
  await visitor.page.getByText("Where your data lives").first().waitFor();
  await visitor.inspect("35-silo-overview");
});

test("portal and console tell the collector and Prometheus what was done, and of nobody by name", async () => {
  const spansOf = (service: string) => collector.spans().filter((span) => span.service === service);
  const doneBy = (service: string) => spansOf(service).map(({ name }) => name);
  await vi.waitFor(() => {
    expect(doneBy("leasehold-portal")).toEqual(expect.arrayContaining(["signUp.request", "application-call"]));
    expect(doneBy("leasehold-console")).toEqual(expect.arrayContaining(["identity.sign-in", "tenants.get"]));
    // Each process sends by itself every few seconds: the last call may be told of before its answer is.
    const asked = spansOf("leasehold-portal").filter(({ name }) => name === "application-call");
    const answered = new Set(spansOf("leasehold-application").map(({ traceId }) => traceId));
    expect(asked.every(({ traceId }) => answered.has(traceId))).toBe(true);
  }, 20_000);
  for (const span of collector.spans())
    for (const field of ["tenant_id", "request_id", "actor", "operation"])
      expect(span.attributes, span.name).toHaveProperty(`leasehold.${field}`);

  const [ofPortal = "", ofConsole = ""] = await Promise.all(
    [ports.portal, ports.console].map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
  );
  expect(ofPortal).toMatch(/leasehold_request_duration_seconds_count\{operation="signUp.request",code="ok"\} [1-9]/);
  expect(ofConsole).toMatch(/leasehold_request_duration_seconds_count\{operation="identity.sign-in",code="200"\} [1-9]/);
  const told = [collector.text(), ofPortal, ofConsole].join("\n");
  for (const { organization, slug, email } of met) for (const word of [organization, slug, email]) expect(told).not.toContain(word);
  // Two counters are by tenant (as many as a process keeps apart); nothing else names anybody, and these name nothing more.
  const byTenant = /^leasehold_tenant_request(s|_seconds)_total\{tenant="(tnt_[0-9A-Z]{26}|other)"\} [0-9.e+-]+$/;
  for (const text of [ofPortal, ofConsole])
    for (const line of text.split("\n").filter((one) => !byTenant.test(one)))
      expect(line).not.toMatch(/(tnt|usr|opr|req|op|doc|fld)_[0-9A-Z]{26}/);
});
