import type { MailContent } from "./render.ts";

/** The plain-text part. */
export function renderText({ paragraphs, action, footer }: MailContent): string {
  const lines = [...paragraphs, ...(action === undefined ? [] : [`${action.label}:\n${action.url}`]), footer, "Leasehold"];
  return `${lines.map((line) => line.replace(/[^\P{Cc}\n]/gu, " ")).join("\n\n")}\n`;
}

/** The HTML part: one column, inline styles, no images and nothing fetched from elsewhere. */
export function renderHtml({ subject, paragraphs, action, footer }: MailContent): string {
  const body = paragraphs.map((text) => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`).join("");
  const button = action === undefined ? "" : renderAction(action);
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${escapeHtml(subject)}</title></head>` +
    `<body style="margin:0;padding:32px 16px;background:#f6f7f9;font:16px/1.5 system-ui,sans-serif;color:#1b1f27">` +
    `<div style="max-width:520px;margin:0 auto;padding:32px;background:#fff;border:1px solid #e3e6eb;border-radius:12px">` +
    `<h1 style="margin:0 0 16px;font-size:20px">${escapeHtml(subject)}</h1>${body}${button}` +
    `<p style="margin:24px 0 0;font-size:14px;color:#5c6472">${escapeHtml(footer)}</p></div></body></html>`
  );
}

function renderAction({ label, url }: { label: string; url: string }): string {
  const href = escapeHtml(/^https?:\/\//.test(url) ? url : "about:blank");
  return (
    `<p style="margin:0 0 16px"><a href="${href}" style="display:inline-block;padding:10px 18px;background:#1b1f27;color:#fff;` +
    `border-radius:8px;text-decoration:none">${escapeHtml(label)}</a></p>` +
    `<p style="margin:0;font-size:14px;color:#5c6472;word-break:break-all">${href}</p>`
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
