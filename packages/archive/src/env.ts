import { z } from "zod";

const schema = z.object({
  LEASEHOLD_API_URL: z.url({
    error: "set it to the address of the API of the workspace that is imported into, such as https://api.example.com",
  }),
  LEASEHOLD_API_KEY: z
    .string({ error: "set it to an API key of that workspace with documents:read and documents:write" })
    .regex(/^lhk_\S+$/, "it is not an API key: they begin with lhk_"),
});

/** Settings of `export:import`. Throws with one line for each that is missing or wrong. */
export function readImportEnv(source: Record<string, string | undefined> = process.env): z.infer<typeof schema> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
}
