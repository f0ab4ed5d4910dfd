import { z } from "zod";

const unset = (value: unknown) => (value === "" ? undefined : value);
const collector = z.url({ error: "set it to the URL of an OTLP collector over HTTP, such as http://127.0.0.1:4318" });
const yes = z.stringbool({ error: "set it to true or false" });

const schema = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: z.preprocess(unset, collector.optional()),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.preprocess(unset, collector.optional()),
  OTEL_SDK_DISABLED: z.preprocess(unset, yes.default(false)),
});

/** Whether OpenTelemetry's own settings name a collector. The exporter reads the rest of them by itself. */
export function tracesAreWanted(source: Record<string, string | undefined> = process.env): boolean {
  const parsed = schema.safeParse(source);
  if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  const settings = parsed.data;
  if (settings.OTEL_SDK_DISABLED) return false;
  return settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined || settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined;
}
