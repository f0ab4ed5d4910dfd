import { z } from "zod";
import { defaultDatabases } from "./roles.ts";

const schema = z.object({
  OWNER_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "set it to a postgres:// URL with the login leasehold_owner" }),
  CONTROL_DATABASE: z.string().min(1).default(defaultDatabases.control),
  APPLICATION_DATABASE: z.string().min(1).default(defaultDatabases.application),
  KEYRING_DATABASE: z.string().min(1).default(defaultDatabases.keyring),
});

/** Settings of the migration command. Throws with one line per setting that is wrong. */
export function readEnv(source: Record<string, string | undefined> = process.env): z.infer<typeof schema> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
}

const auditor = z.url({ protocol: /^postgres(ql)?$/, error: "set it to a postgres:// URL with the login auditor" });
const auditSchema = z.object({
  AUDIT_CONTROL_DATABASE_URL: auditor,
  AUDIT_APPLICATION_DATABASE_URL: auditor,
});

/** Settings of `audit:verify --tenant`: the control database, and the tenant's application database, which may be its own. */
export function readAuditEnv(source: Record<string, string | undefined> = process.env): z.infer<typeof auditSchema> {
  const parsed = auditSchema.safeParse(source);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
}
