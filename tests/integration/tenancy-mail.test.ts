import { openMail } from "@leasehold/tenancy/mail/open-mail";
import { renderMail } from "@leasehold/tenancy/mail/render";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import type { Mail } from "@leasehold/tenancy/mail/templates";
import { exportJWK, generateKeyPair } from "jose";
import { expect, it } from "vitest";

const url = "https://portal.example/invitations/abc?x=1&y=2";
const hostile = '<img src=x onerror=alert(1)>"\r\nBcc: someone@example.com';
const mails: Mail[] = [
  { template: "verify-email", to: "a@example.com", props: { url, organizationName: hostile } },
  { template: "reset-password", to: "a@example.com", props: { url } },
  { template: "second-factor-removed", to: "a@example.com", props: { url, resetUrl: url, at: "2026-12-01T10:00:00.000Z" } },
  { template: "invitation", to: "a@example.com", props: { url, organizationName: hostile, role: "admin" } },
  { template: "sign-up-awaiting-approval", to: "a@example.com", props: { organizationName: hostile } },
  { template: "sign-up-declined", to: "a@example.com", props: { organizationName: hostile, reference: "op_1" } },
  { template: "workspace-ready", to: "a@example.com", props: { url, organizationName: hostile } },
  { template: "onboarding-failed", to: "a@example.com", props: { organizationName: hostile, reference: "op_1" } },
  { template: "workspace-closing", to: "a@example.com", props: { url, organizationName: hostile, holdDays: 30 } },
  {
    template: "closing-reminder",
    to: "a@example.com",
    props: { url, organizationName: hostile, days: 1, endsAt: "2026-12-01T10:00:00.000Z" },
  },
  {
    template: "workspace-suspended",
    to: "a@example.com",
    props: { url, organizationName: hostile, kind: "non-payment", access: "read-only" },
  },
  { template: "workspace-resumed", to: "a@example.com", props: { url, organizationName: hostile } },
  { template: "key-lost", to: "a@example.com", props: { url, organizationName: hostile, purposes: ["data", "index", "payload"] } },
  { template: "closing-cancelled", to: "a@example.com", props: { url, organizationName: hostile } },
  { template: "workspace-closed", to: "a@example.com", props: { certificateUrl: url, organizationName: hostile } },
  {
    template: "customer-key-released",
    to: "a@example.com",
    props: { organizationName: hostile, keyArn: "arn:aws:kms:eu-central-1:1:key/k" },
  },
];

it("opens for the holder of the private key alone, and not after a change", async () => {
  const [pair, other] = await Promise.all([1, 2].map(() => generateKeyPair("ECDH-ES+A256KW", { crv: "P-256", extractable: true })));
  const mail = mails[0] as Mail;
  const sealed = await sealMail(await exportJWK((pair as NonNullable<typeof pair>).publicKey), mail);
  expect(sealed).not.toContain("example.com");
  const privateJwk = await exportJWK((pair as NonNullable<typeof pair>).privateKey);
  expect(await openMail(privateJwk, sealed)).toEqual(mail);
  await expect(openMail(await exportJWK((other as NonNullable<typeof other>).privateKey), sealed)).rejects.toThrow();
  await expect(openMail(privateJwk, `${sealed.slice(0, -4)}AAAA`)).rejects.toThrow();
});

it.each(mails)("renders $template as one subject line, text and escaped HTML", (mail) => {
  const { subject, text, html, to } = renderMail(mail);
  expect(to).toBe("a@example.com");
  expect(subject).not.toMatch(/[\r\n]/);
  expect(html).not.toContain("<img");
  expect(html).not.toMatch(/https?:\/\/(?!portal\.example)/);
  expect(text).not.toContain("\r");
  if ("url" in mail.props) {
    expect(text).toContain(url);
    expect(html).toContain('href="https://portal.example/invitations/abc?x=1&#38;y=2"');
  }
});

it("never makes a link of what is no web address", () => {
  const { html } = renderMail({ template: "reset-password", to: "a@example.com", props: { url: "javascript:alert(1)" } });
  expect(html).not.toContain("javascript:");
});
