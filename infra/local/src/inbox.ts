import { createServer, type Server } from "node:http";

interface Mail {
  MessageId: string;
  Source: string;
  To: string[];
  Subject: string;
  BodyText: string;
  Timestamp: string | number;
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character] ?? "");

/** Only http and https addresses become links; everything else stays text. */
function linkify(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part, index) => (index % 2 === 1 ? `<a href="${escapeHtml(part)}">${escapeHtml(part)}</a>` : escapeHtml(part)))
    .join("");
}

const style = `:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
article{border:1px solid #8886;border-radius:.6rem;padding:1rem 1.25rem;margin:1rem 0}h2{margin:0;font-size:1.05rem}
dl{display:flex;gap:.25rem 1rem;flex-wrap:wrap;margin:.25rem 0 .75rem;opacity:.75;font-size:.875rem}dt,dd{display:inline;margin:0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:0}`;

function renderMail(mail: Mail): string {
  const at = typeof mail.Timestamp === "number" ? new Date(mail.Timestamp * 1_000).toISOString() : mail.Timestamp;
  return `<article><h2>${escapeHtml(mail.Subject)}</h2><dl><div><dt>To</dt> <dd>${escapeHtml(mail.To.join(", "))}</dd></div><div><dt>From</dt> <dd>${escapeHtml(mail.Source)}</dd></div><div><dd>${escapeHtml(at)}</dd></div></dl><pre>${linkify(mail.BodyText)}</pre></article>`;
}

function renderPage(mails: Mail[]): string {
  const list = mails.map(renderMail).join("") || "<p>No mail yet. Sign up in the portal, and its mail appears here.</p>";
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5"><title>Mail inbox</title><style>${style}</style></head><body><h1>Mail inbox</h1><p>What the product sent on this machine, newest first.</p>${list}</body></html>`;
}

/** Newest first. */
async function readMails(emulatorUrl: string): Promise<Mail[]> {
  const response = await fetch(`${emulatorUrl}/_ministack/ses/messages`, { signal: AbortSignal.timeout(5_000) });
  const { messages } = (await response.json()) as { messages: Record<string, Mail[]> };
  return Object.values(messages)
    .flat()
    .sort((a, b) => String(b.Timestamp).localeCompare(String(a.Timestamp)));
}

/** Serves the emulator's sent mail as a page, and at /messages as JSON (`?to=` filters by recipient), on the loopback interface. */
export async function startInbox(port: number, emulatorUrl: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    try {
      const to = url.searchParams.get("to");
      const mails = (await readMails(emulatorUrl)).filter((mail) => to === null || mail.To.includes(to));
      if (url.pathname === "/messages") response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(mails));
      else if (url.pathname === "/") {
        const headers = {
          "content-type": "text/html; charset=utf-8",
          "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
        };
        response.writeHead(200, headers).end(renderPage(mails));
      } else response.writeHead(404).end("Not found");
    } catch {
      response.writeHead(503).end("The mail service does not answer.");
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}
