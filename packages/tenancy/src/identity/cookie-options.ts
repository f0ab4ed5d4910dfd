/**
 * What better-auth's cookies are: over TLS with the prefix `__Host-`, so that a browser takes them from this very host alone, by TLS and for
 * all of it; without TLS, as in development, by their bare names.
 */
export function cookieOptions(url: string, name: string) {
  const secure = url.startsWith("https://");
  return {
    // It has no setting for that prefix: the name carries it.
    useSecureCookies: false,
    cookiePrefix: hostCookie(url, name),
    defaultCookieAttributes: { secure, httpOnly: true, sameSite: "lax" as const, path: "/" },
  };
}

/** A cookie's name, with the prefix where it can have it. */
export function hostCookie(url: string, name: string): string {
  return url.startsWith("https://") ? `__Host-${name}` : name;
}
