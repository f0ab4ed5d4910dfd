/** Headers of every answer of a portal or console, beside the content security policy, which is made for each page. */
const securityHeaders = [
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=()" },
  { key: "Strict-Transport-Security", value: "max-age=63072000; includeSubDomains" },
];

export interface NextConfigOptions {
  /** Packages of the app's own that node loads by itself. */
  externalPackages?: readonly string[];
  /** Headers of every answer beside the common ones. */
  headers?: readonly { key: string; value: string }[];
}

/** What the configuration of every Next.js app of ours has in common. */
export function nextConfig({ externalPackages = [], headers = [] }: NextConfigOptions = {}) {
  return {
    transpilePackages: ["@leasehold/ui", "@leasehold/domain", "@leasehold/db", "@leasehold/tenancy"],
    // Loaded by node itself: pino starts threads from files of its own, the others load drivers by name.
    serverExternalPackages: ["pg", "pino", "better-auth", ...externalPackages],
    poweredByHeader: false,
    reactStrictMode: true,
    devIndicators: false as const,
    // `pnpm verify` checks the types of the whole repository in seconds.
    typescript: { ignoreBuildErrors: true },
    headers: async () => [{ source: "/:path*", headers: [...securityHeaders, ...headers] }],
  };
}
