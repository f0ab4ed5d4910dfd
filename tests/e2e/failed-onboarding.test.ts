import { renderMail } from "@leasehold/tenancy/mail/render";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AwsProxy, startAwsProxy } from "../support/faults/aws-proxy.ts";
import { linkMailedTo, mailTo, newPerson, signInToConsole, signUp } from "./journeys.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
let aws: AwsProxy;
beforeAll(async () => {
  stage = await openStage(["application", "portal", "console"]);
  aws = await startAwsProxy(stage.world.stack.aws.endpoint ?? "");
  await stage.world.start("worker", { AWS_ENDPOINT_URL: aws.url });
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await aws?.[Symbol.asyncDispose]();
});

test("a step that cannot be done is parked, an operator mends it, and the workspace opens by itself", async () => {
  await using visitor = await stage.visitor("desktop");
  await using operator = await stage.visitor("desktop");
  const person = newPerson("Fjord");
  aws.inject({ service: "kms", action: "CreateKey", mode: "refuse" });
  await signUp(visitor.page, stage.portal, person, "Business");
  await visitor.page.goto(await linkMailedTo(stage.world, person.email, /verify-email/));
  await visitor.page.getByRole("heading", { name: "Someone is looking at it" }).waitFor({ timeout: 60_000 });
  await visitor.inspect("20-parked");

  await signInToConsole(operator.page, stage.world, stage.console);
  await operator.inspect("21-console-tenants");
  await operator.page.goto(`${stage.console}/attention`);
  await operator.page.getByRole("button", { name: `Retry step of ${person.organization}` }).waitFor();
  await operator.inspect("22-console-attention");
  aws.clear();
  await operator.page.getByRole("button", { name: `Retry step of ${person.organization}` }).click();
  await operator.page.getByLabel("Reason").fill("The policy of the key service was mended");
  await operator.inspect("23-console-retry");
  await operator.page.getByRole("button", { name: "Retry step", exact: true }).last().click();

  await visitor.page.waitForURL(`${stage.portal}/w/${person.slug}`, { timeout: 60_000, waitUntil: "commit" });
  operator.calm();
});

test("a roll back leaves nothing, says so, and the address can be taken again", async () => {
  await using visitor = await stage.visitor("phone");
  await using operator = await stage.visitor("phone");
  const person = newPerson("Garnet");
  aws.inject({ service: "kms", action: "CreateKey", mode: "refuse" });
  await signUp(visitor.page, stage.portal, person, "Business");
  await visitor.page.goto(await linkMailedTo(stage.world, person.email, /verify-email/));
  await visitor.page.getByRole("heading", { name: "Someone is looking at it" }).waitFor({ timeout: 60_000 });

  await signInToConsole(operator.page, stage.world, stage.console);
  await operator.page.goto(`${stage.console}/attention`);
  await operator.page.getByRole("button", { name: `Roll back ${person.organization}` }).click();
  await operator.page.getByLabel("Reason").fill("The customer asked for another plan");
  await operator.page.getByLabel(/^Type .* to confirm$/).fill(person.organization);
  await operator.inspect("25-console-roll-back");
  await operator.page.getByRole("button", { name: "Roll back", exact: true }).last().click();
  await visitor.page.getByRole("heading", { name: "Your workspace was not created" }).waitFor({ timeout: 60_000 });
  await visitor.inspect("24-not-created");
  const reference = (await visitor.page.getByText(/^op_/).first().textContent()) ?? "";
  const props = { organizationName: person.organization, reference };
  const { subject } = renderMail({ template: "onboarding-failed", to: person.email, props });
  expect(await mailTo(stage.world, person.email, subject)).toContain(reference);
  await operator.page.getByText("Nothing waits for you").waitFor();
  await operator.inspect("26-console-nothing-waits");
  aws.clear();

  const again = { ...person, email: `second@${person.slug}.example` };
  await signUp(visitor.page, stage.portal, again);
});
