import { z } from "zod";

const url = z.url({ protocol: /^postgres(ql)?$/, error: "set it to a postgres:// URL with the login auditor" });
const schema = z.object({ AUDIT_CONTROL_DATABASE_URL: url, AUDIT_APPLICATION_DATABASE_URL: url });

/** Settings of `audit:verify --tenant`: the control database, and the tenant's application database, which may be its own. */
export function readAuditEnv(source: Record<string, string | undefined> = process.env): z.infer<typeof schema> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
}
