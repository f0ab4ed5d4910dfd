import { nextConfig } from "@leasehold/tenancy/web/next-config";
import type { NextConfig } from "next";

const config: NextConfig = nextConfig({ headers: [{ key: "X-Robots-Tag", value: "noindex" }] });

export default config;
