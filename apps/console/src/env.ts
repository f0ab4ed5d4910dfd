import { operatorRoles } from "@leasehold/domain/operators";
import { jwkSetting } from "@leasehold/tenancy/settings/jwk";
import { metricsPort } from "@leasehold/tenancy/settings/metrics-port";
import { z } from "zod";

const schema = z.object({
  CONSOLE_URL: z.url({ error: "Set it to the address that operators open, for example http://localhost:3001." }),
  CONSOLE_DATABASE_URL: z.string({ error: "Set it to the control database, signed in as the role operator." }).startsWith("postgres"),
  CONSOLE_IDENTITY_DATABASE_URL: z
    .string({ error: "Set it to the control database, signed in as the role console_identity." })
    .startsWith("postgres"),
  CONSOLE_AUTH_SECRET: z.string({ error: "Set it to at least 32 random characters: it signs operators' sessions." }).min(32),
  CONSOLE_HMAC_SECRET: z
    .string({ error: "Set it to at least 32 random characters: request hashes and sign-in limits are keyed by it." })
    .min(32),
  CONSOLE_SECOND_FACTOR: z.preprocess(
    (value) => value || (process.env.NODE_ENV === "production" ? "required" : "optional"),
    z.enum(["required", "optional"], { error: "Set it to required or optional." }),
  ),
  PORTAL_URL: z.url({ error: "Set it to the address of the portal: invitations lead there." }),
  TEMPORAL_UI_URL: z.url({ error: "Set it to the address of the Temporal UI." }),
  TEMPORAL_NAMESPACE: z.string({ error: "Set it to the Temporal namespace of the control plane." }).min(1),
  PAYLOADS_URL: z
    .url({ error: "Set it to where the worker opens payloads, for example http://127.0.0.1:4001/payloads/decode." })
    .optional(),
  CONSOLE_TOKEN_PRIVATE_JWK: jwkSetting("Set it to an Ed25519 private key as JSON (JWK): the worker knows its public half.").optional(),
  MAIL_PUBLIC_JWK: jwkSetting("Set it to the public key that mails are sealed to, as JSON (JWK)."),
  LEASEHOLD_REGION: z.string({ error: "Set it to the region in which new tenants are created, for example eu-central-1." }).min(1),
  /** Proxies in front that each append to X-Forwarded-For. */
  CONSOLE_TRUSTED_PROXIES: z.coerce.number({ error: "Set it to the number of proxies in front." }).int().min(0).default(0),
  /** Prometheus reads /metrics there; nothing listens when no port is set. */
  CONSOLE_METRICS_HOST: z.string().min(1).default("127.0.0.1"),
  CONSOLE_METRICS_PORT: metricsPort,
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

export type ConsoleEnv = z.infer<typeof schema>;

/** True under `next dev`; replaced by a constant in a build. */
export const isDevelopmentServer = process.env.NODE_ENV === "development";

let current: ConsoleEnv | undefined;

/** The console's settings, read at the first request so that a build needs none. @throws Error naming each setting to set. */
export function env(): ConsoleEnv {
  current ??= read(schema);
  return current;
}

/** Where the seed command finds an operator's sign-in; no other code reads it. */
export function seedEnv() {
  return read(
    z.object({
      CONSOLE_SEED_OPERATOR_ROLE: z
        .enum(operatorRoles, { error: "Set it to the role that a new operator gets: support, operator, security or admin." })
        .default("admin"),
      CONSOLE_SEED_OPERATOR_EMAIL: z.email({ error: "Set it to the e-mail address of the operator to make." }),
      CONSOLE_SEED_OPERATOR_PASSWORD: z.string({ error: "Set it to a password of at least 12 characters." }).min(12),
    }),
  );
}

function read<T>(settings: z.ZodType<T>): T {
  const parsed = settings.safeParse(process.env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`).join("\n");
  throw new Error(`The console's settings are not complete:\n${problems}`);
}
