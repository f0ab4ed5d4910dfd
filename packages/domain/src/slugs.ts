/** Addresses that would confuse people or clash with routes. */
export const reservedSlugs: ReadonlySet<string> = new Set(
  (
    "about abuse account accounts admin administrator api app apps assets auth billing blog careers cdn console contact " +
    "dashboard demo dev developer docs documents download email enterprise events favicon feedback files forum ftp guest health " +
    "help home host hosting imap img images info internal invitations invite invoice jobs leasehold legal login logout mail " +
    "members monitor news null oauth onboarding operator operators partners password payments ping plans policy portal press " +
    "pricing privacy pro production public register reset robots root sales security settings shop sign-in sign-out sign-up " +
    "signin signout signup sitemap smtp sso staging starter static stats status store support system team teams tenant tenants " +
    "terms test tests trpc undefined usage user users verify verify-email webhook webhooks welcome wiki workspace workspaces www"
  ).split(" "),
);

export const slugLength = { min: 3, max: 40 } as const;
const slugPattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export type SlugProblem = "too-short" | "too-long" | "format" | "reserved";

export const slugProblemMessages: Record<SlugProblem, string> = {
  "too-short": `Use at least ${slugLength.min} characters.`,
  "too-long": `Use at most ${slugLength.max} characters.`,
  format: "Use lower-case letters, digits and single hyphens, beginning with a letter.",
  reserved: "This address is reserved. Choose another.",
};

/** What is wrong with a slug, or undefined when it may be asked for. Availability is the database's to say. */
export function slugProblem(slug: string): SlugProblem | undefined {
  if (slug.length < slugLength.min) return "too-short";
  if (slug.length > slugLength.max) return "too-long";
  if (!slugPattern.test(slug)) return "format";
  if (reservedSlugs.has(slug)) return "reserved";
  return undefined;
}

/** A slug made from an organization's name: accents dropped, everything else a hyphen. May be empty or too short. */
export function slugFrom(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, slugLength.max)
    .replace(/-+$/, "");
}
