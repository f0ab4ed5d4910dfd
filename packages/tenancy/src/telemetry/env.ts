import { z } from "zod";

const schema = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ error: "set it to the URL of an OTLP collector over HTTP, such as http://127.0.0.1:4318" })
    .optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url({ error: "set it to the URL that traces are posted to" }).optional(),
  OTEL_SDK_DISABLED: z.stringbool({ error: "set it to true or false" }).default(false),
  OTEL_TRACES_EXPORTER: z.string().optional(),
});

/** Whether OpenTelemetry's own settings name a collector. The exporter reads the rest of them by itself. */
export function tracesAreWanted(source: Record<string, string | undefined> = process.env): boolean {
  const parsed = schema.safeParse(source);
  if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  const settings = parsed.data;
  if (settings.OTEL_SDK_DISABLED || settings.OTEL_TRACES_EXPORTER === "none") return false;
  return settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined || settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined;
}
