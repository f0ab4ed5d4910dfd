import type { NextConfig } from "next";

const headers = [
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=()" },
  { key: "Strict-Transport-Security", value: "max-age=63072000; includeSubDomains" },
];

const config: NextConfig = {
  transpilePackages: ["@leasehold/ui", "@leasehold/domain", "@leasehold/db", "@leasehold/tenancy"],
  serverExternalPackages: ["pg", "pino", "better-auth", "@zxcvbn-ts/language-common"],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // `pnpm verify` checks the types of the whole repository in seconds.
  typescript: { ignoreBuildErrors: true },
  headers: async () => [{ source: "/:path*", headers }],
};

export default config;
