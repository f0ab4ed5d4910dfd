import { nextConfig } from "@leasehold/tenancy/web/next-config";
import type { NextConfig } from "next";

const config: NextConfig = nextConfig({ externalPackages: ["@zxcvbn-ts/language-common"] });

export default config;
