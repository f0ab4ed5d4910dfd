import type { NextConfig } from "next";

const headers = [
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=()" },
  { key: "Strict-Transport-Security", value: "max-age=63072000; includeSubDomains" },
  { key: "X-Robots-Tag", value: "noindex" },
];

const config: NextConfig = {
  transpilePackages: ["@leasehold/ui", "@leasehold/domain", "@leasehold/db", "@leasehold/tenancy"],
  // Loaded by node itself and so resolved from here: pino starts threads from files of its own, the others load drivers by name.
  serverExternalPackages: ["pg", "pino", "better-auth"],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Types are checked for the whole repository at once.
  typescript: { ignoreBuildErrors: true },
  headers: async () => [{ source: "/:path*", headers }],
};

export default config;
