const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request may change something: a browser names the origin of whatever does, and another site cannot name ours.
 * `ownUrl` is the address that people open; the request's own Host is not asked, since a caller writes it.
 */
export function isOwnOrigin(request: Request, ownUrl: string): boolean {
  if (safeMethods.has(request.method)) return true;
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  if (origin === null) return site === null || site === "same-origin";
  return origin === new URL(ownUrl).origin;
}
