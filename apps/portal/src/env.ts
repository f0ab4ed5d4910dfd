import { metricsPort } from "@leasehold/tenancy/settings/metrics-port";
import { z } from "zod";

const jwk = z.string().transform((text, context) => {
  try {
    return z.object({ kty: z.string() }).loose().parse(JSON.parse(text)) as { kty: string; [member: string]: unknown };
  } catch {
    context.addIssue({ code: "custom", message: "Set it to a key as JSON (JWK)." });
    return z.NEVER;
  }
});

const half = z.string().min(43);
const signingKey = jwk.pipe(
  z.union(
    [
      z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: half, d: half, kid: z.string().min(1) }),
      z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: half, y: half, d: half, kid: z.string().min(1) }),
    ],
    { error: "Set it to an Ed25519 or P-256 private key as JSON (JWK) with a kid." },
  ),
);

const schema = z.object({
  PORTAL_URL: z
    .url({ error: "Set it to the address that people open, for example http://localhost:3000." })
    .transform((url) => url.replace(/\/+$/, "")),
  PORTAL_DATABASE_URL: z.string({ error: "Set it to the control database, signed in as the role portal." }).startsWith("postgres"),
  PORTAL_IDENTITY_DATABASE_URL: z
    .string({ error: "Set it to the control database, signed in as the role identity." })
    .startsWith("postgres"),
  PORTAL_AUTH_SECRET: z.string({ error: "Set it to at least 32 random characters: it signs sessions." }).min(32),
  PORTAL_HMAC_SECRET: z
    .string({ error: "Set it to at least 32 random characters: mailed links and request hashes are keyed by it." })
    .min(32),
  PORTAL_TOKEN_PRIVATE_JWK: signingKey,
  APPLICATION_URL: z.url({ error: "Set it to the address of the application plane." }).transform((url) => url.replace(/\/+$/, "")),
  MAIL_PUBLIC_JWK: jwk,
  MAIL_INBOX_URL: z.url().optional(),
  /** Multiplies every limit on attempts; raise it for load tests only. */
  PORTAL_ATTEMPT_FACTOR: z.coerce.number().positive().default(1),
  /** Proxies in front that each append to X-Forwarded-For. */
  PORTAL_TRUSTED_PROXIES: z.coerce.number({ error: "Set it to the number of proxies in front." }).int().min(0).default(0),
  LEASEHOLD_REGION: z.string({ error: "Set it to the region in which new tenants are created, for example eu-central-1." }).min(1),
  /** Prometheus reads /metrics there; nothing listens when no port is set. */
  PORTAL_METRICS_HOST: z.string().min(1).default("127.0.0.1"),
  PORTAL_METRICS_PORT: metricsPort,
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

export type PortalEnv = z.infer<typeof schema>;

let current: PortalEnv | undefined;

/** The portal's settings, read at the first request so that a build needs none. @throws Error naming each setting to set. */
export function env(): PortalEnv {
  current ??= readEnv(process.env);
  return current;
}

/** Settings from anywhere, for tests that bring their own. @throws Error naming each setting to set. */
export function readEnv(source: Record<string, string | undefined>): PortalEnv {
  const result = schema.safeParse(source);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The portal's settings are not complete.\n${problems.join("\n")}`);
}

/** Where the server listens, from the address that people open: on this machine alone when that is where it is. */
export function listenAddress(): { host: string; port: string } {
  const url = new URL(process.env.PORTAL_URL ?? "http://localhost:3000");
  const local = url.hostname === "localhost" || url.hostname === "127.0.0.1";
  return { host: local ? "127.0.0.1" : "0.0.0.0", port: process.env.PORT ?? (url.port || "3000") };
}

export const isDevelopmentServer = process.env.NODE_ENV === "development";

/** Next's own telemetry, off before it starts. */
export function silenceTelemetry(): void {
  process.env.NEXT_TELEMETRY_DISABLED = "1";
}
