import { type ZodType, z } from "zod";

export type JsonSchema = Record<string, unknown>;

/** A schema of ours as JSON Schema 2020-12, the dialect of OpenAPI 3.1. Dates are written as text. */
export function jsonSchemaOf(schema: ZodType, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...written } = z.toJSONSchema(schema, {
    io,
    target: "draft-2020-12",
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
    },
  });
  return written;
}

/** The same without null, for what stands in an address. */
export function withoutNull(schema: JsonSchema): JsonSchema {
  const options = schema.anyOf as JsonSchema[] | undefined;
  const [only, ...others] = options?.filter(({ type }) => type !== "null") ?? [];
  if (only === undefined || others.length > 0) return schema;
  const { anyOf: _, ...rest } = schema;
  return { ...only, ...rest };
}
