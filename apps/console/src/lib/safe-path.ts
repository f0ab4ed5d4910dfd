/** Where to go after signing in: a path of this site, never another site's address. */
export function safePath(next: string | undefined): string {
  return next?.startsWith("/") && !next.startsWith("//") && !next.includes("\\") ? next : "/tenants";
}
