import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { startInbox } from "@leasehold/infra/local/inbox";
import { findFreePorts } from "@leasehold/infra/local/processes/port-holder";
import { expect, test } from "vitest";
import { createWorld } from "../support/world.ts";

test("the inbox shows mail as text, with its addresses as links and nothing of it as markup", async () => {
  await using world = await createWorld();
  const to = `${world.id}@inbox.example`;
  const Simple = {
    Subject: { Data: "<b>Hello</b>" },
    Body: { Text: { Data: 'Open http://localhost:3000/verify?a=1&b=2 "now" <script>alert(1)</script>' } },
  };
  await new SESv2Client(world.aws("worker")).send(
    new SendEmailCommand({ FromEmailAddress: world.stack.mail.from, Destination: { ToAddresses: [to] }, Content: { Simple } }),
  );
  const [port = 0] = await findFreePorts(1);
  const server = await startInbox(port, world.stack.aws.endpoint ?? "");
  try {
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(page).toContain("&lt;b&gt;Hello&lt;/b&gt;");
    expect(page).toContain('<a href="http://localhost:3000/verify?a=1&amp;b=2">');
    expect(page).not.toContain("<script>");
    const mails = (await (await fetch(`http://127.0.0.1:${port}/messages?to=${to}`)).json()) as { Subject: string }[];
    expect(mails.map((mail) => mail.Subject)).toEqual(["<b>Hello</b>"]);
    expect((await world.mailTo(to)).length).toBe(1);
  } finally {
    server.close();
  }
});
