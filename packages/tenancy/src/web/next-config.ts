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

/**
 * Server code that node loads by itself: pino starts threads from files of its own, pg and better-auth load drivers by name,
 * and for the others a bundler only costs time: each would be in the bundles of pages, of procedures and of the start.
 */
const loadedByNode = [
  "pg",
  "pino",
  "better-auth",
  "drizzle-orm",
  "zod",
  "superjson",
  "@trpc/server",
  "jose",
  "ulid",
  "prom-client",
  "@opentelemetry/api",
  "@opentelemetry/context-async-hooks",
  "@opentelemetry/exporter-trace-otlp-http",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace",
];

/** What the configuration of every Next.js app of ours has in common. */
export function nextConfig({ externalPackages = [], headers = [] }: NextConfigOptions = {}) {
  return {
    transpilePackages: ["@leasehold/ui", "@leasehold/domain", "@leasehold/db", "@leasehold/tenancy"],
    serverExternalPackages: [...loadedByNode, ...externalPackages],
    poweredByHeader: false,
    reactStrictMode: true,
    devIndicators: false as const,
    // Maps into the original sources of dependencies, which nobody edits here, cost a sixth of the time to a first page.
    experimental: { turbopackInputSourceMaps: false },
    // `pnpm verify` checks the types of the whole repository in seconds.
    typescript: { ignoreBuildErrors: true },
    headers: async () => [{ source: "/:path*", headers: [...securityHeaders, ...headers] }],
  };
}
