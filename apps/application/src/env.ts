import { metricsPort } from "@leasehold/tenancy/settings/metrics-port";
import { tokenIssuersSchema } from "@leasehold/tenancy/token/issuers";
import { z } from "zod";

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: "set it to postgres://app_tenant:…@host/database" });

const schema = z.object({
  APPLICATION_HOST: z.string().min(1).default("127.0.0.1"),
  APPLICATION_PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  APPLICATION_DATABASE_URL: databaseUrl,
  APPLICATION_KEYRING_DATABASE_URL: databaseUrl,
  TOKEN_ISSUERS: z
    .string({ error: 'set it to a JSON array: [{"issuer": "https://portal…", "jwksUri": "https://portal…/.well-known/jwks.json"}]' })
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue("it is not JSON");
        return z.NEVER;
      }
    })
    .pipe(tokenIssuersSchema),
  AWS_REGION: z.string({ error: "set it to the region of the deployment" }).min(1),
  AWS_ENDPOINT_URL: z.url().optional(),
  AWS_ACCESS_KEY_ID: z.string({ error: "set it to the key of a user that may only assume the tenants' roles" }).min(1),
  AWS_SECRET_ACCESS_KEY: z.string({ error: "set it beside AWS_ACCESS_KEY_ID" }).min(1),
  LEASEHOLD_REGION: z.string({ error: "set it to the region whose tenants are served" }).min(1).optional(),
  TENANT_TABLE: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{3,255}$/, "set it to the name of the DynamoDB table of pool.yaml")
    .optional(),
  TENANT_CREDENTIALS: z.enum(["role", "web-identity"], { error: "set it to role or web-identity" }).default("role"),
  /** Prometheus reads /metrics there; nothing listens when it is not set. */
  APPLICATION_METRICS_HOST: z.string().min(1).default("127.0.0.1"),
  APPLICATION_METRICS_PORT: metricsPort,
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

export type Env = z.infer<typeof schema>;

/** The settings of this process, and no other. Throws with one line for each that is missing or wrong. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`The application plane's settings are not complete:\n${lines.join("\n")}`);
}
