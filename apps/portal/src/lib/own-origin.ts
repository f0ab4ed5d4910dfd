const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether a request may change something: a browser names the origin of whatever does, and another site cannot name ours. */
export function isOwnOrigin(request: Request, portalUrl: string): boolean {
  if (safeMethods.has(request.method)) return true;
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  if (origin === null) return site === null || site === "same-origin";
  return URL.canParse(origin) && new URL(origin).origin === new URL(portalUrl).origin;
}
