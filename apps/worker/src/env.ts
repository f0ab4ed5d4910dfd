import { z } from "zod";

const url = (protocol: RegExp, hint: string) => z.url({ protocol, error: hint });
const database = url(/^postgres(ql)?$/, "set it to a postgres:// URL with the login `worker`");
const json = (hint: string) =>
  z.string().transform((text, context): Record<string, unknown> => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: "custom", message: hint });
      return z.NEVER;
    }
  });

const days = z.coerce.number().int().positive({ error: "set it to a number of days" });

const schema = z.object({
  TEMPORAL_ADDRESS: z.string().min(1, "set it to the host:port of Temporal"),
  TEMPORAL_NAMESPACE: z.string().min(1).default("default"),
  TEMPORAL_API_KEY: z.string().min(1).optional(),
  TEMPORAL_TLS: z.stringbool({ error: "set it to true or false" }).optional(),
  WORKER_TASK_QUEUE: z.string().min(1).default("control"),
  WORKER_CONTROL_DATABASE_URL: database,
  WORKER_APPLICATION_DATABASE_URL: database,
  WORKER_KEYRING_DATABASE_URL: database,
  AUDITOR_DATABASE_PASSWORD: z.string().min(1, "set it to the password of the login auditor on the servers of the three databases"),
  OWNER_DATABASE_URL: url(/^postgres(ql)?$/, "set it to a postgres:// URL with the login `leasehold_owner`"),
  WORKER_HEALTH_HOST: z.string().min(1, "set it to the address that /healthz listens on, such as 0.0.0.0").default("127.0.0.1"),
  WORKER_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535),
  AWS_REGION: z.string().min(1, "set it to the region, such as eu-central-1"),
  AWS_ENDPOINT_URL: z.url().optional(),
  AWS_EMULATED: z
    .stringbool({ error: "set it to true for an emulator that fills no conditions of key policies, and to nothing else" })
    .default(false),
  AWS_ACCESS_KEY_ID: z.string().min(1, "set it to an access key of the worker's IAM user"),
  AWS_SECRET_ACCESS_KEY: z.string().min(1, "set it to the secret of the worker's access key"),
  POOL_BUCKET: z.string().min(3, "set it to the pool's bucket: output PoolBucket of infra/stacks/pool.yaml"),
  AUDIT_BUCKET: z
    .string()
    .min(3, "set it to the bucket for the ends of audit chains, best one with object lock; the pool's when not set")
    .optional(),
  AUDIT_LOCK_DAYS: z.coerce.number().int().positive().optional(),
  AUDIT_ANCHOR_SECONDS: z.coerce.number().int().positive().default(300),
  TENANT_ROLE_ARN: z.string().regex(/^arn:[^:]+:iam::\d+:role\//, "set it to output TenantRoleArn of infra/stacks/platform.yaml"),
  STACK_ROLE_ARN: z
    .string()
    .regex(/^arn:[^:]+:iam::\d+:role\//, "set it to output StackRoleArn of infra/stacks/platform.yaml")
    .optional(),
  LEASEHOLD_COMMIT: z
    .string()
    .regex(/^[0-9a-f]{7,40}$/, "set it to the commit that this was built from, as git names it")
    .optional(),
  CONTROL_PLANE_KEY: z.string().min(1).default("alias/leasehold/control-plane"),
  CONSOLE_TOKEN_PUBLIC_JWK: json("set it to the public half of the console's CONSOLE_TOKEN_PRIVATE_JWK").optional(),
  PLAIN_PAYLOADS_UNTIL: z.iso
    .datetime({ error: "set it to a time in UTC, such as 2027-01-31T00:00:00Z, or to nothing" })
    .transform((text) => new Date(text))
    .optional(),
  EXPORT_PEOPLE_SECONDS: z.coerce.number().int().min(0).default(600),
  STEP_RETRY_SECONDS: z.coerce.number().int().positive().default(900),
  KEY_DELETION_DAYS: z.coerce.number().int().min(7, "KMS waits 7 days at least").max(30, "KMS waits 30 days at most").default(7),
  EPOCH_TURNS: z.enum(["at-once", "nightly"], { error: "set it to at-once or nightly" }).default("at-once"),
  BACKUP_RETENTION_DAYS: days.default(35),
  KEYRING_BACKUP_RETENTION_DAYS: days.default(7),
  TEMPORAL_RETENTION_DAYS: days.default(30),
  LOG_RETENTION_DAYS: days.default(90),
  PAYLOAD_READS_RETENTION_DAYS: z.coerce.number().int().min(30, "what operators read is kept for 30 days at least").default(400),
  TENANT_TABLE: z.string().min(3, "set it to the DynamoDB table of infra/stacks/pool.yaml, or to nothing").optional(),
  POOL_CAPACITY: z.coerce.number().int().positive().default(10_000),
  APPLICATION_URL: z.url({ error: "set it to the application plane's URL" }),
  PORTAL_URL: z.url({ error: "set it to the portal's URL" }),
  WORKER_TOKEN_PRIVATE_JWK: json("set it to an Ed25519 private JWK with a kid"),
  MAIL_PRIVATE_JWK: json("set it to a P-256 private JWK"),
  MAIL_FROM: z.email({ error: "set it to the sender's address, verified in SES" }),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

export type WorkerEnv = z.infer<typeof schema>;

/** The worker's settings. Throws with one line per setting that is wrong. */
export function readEnv(source: Record<string, string | undefined> = process.env): WorkerEnv {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
}
