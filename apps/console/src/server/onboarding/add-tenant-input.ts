import { planIds } from "@leasehold/domain/plans";
import { slugProblem, slugProblemMessages } from "@leasehold/domain/slugs";
import { z } from "zod";

/** What "Add tenant" asks for; the form and the procedure check by the same rules. */
export const addTenantInput = z.object({
  idempotencyKey: z.string().min(16).max(100),
  organizationName: z.string().trim().min(1, "Enter the organization's name.").max(120, "Use at most 120 characters."),
  slug: z.string().superRefine((slug, context) => {
    const problem = slugProblem(slug);
    if (problem) context.addIssue({ code: "custom", message: slugProblemMessages[problem] });
  }),
  plan: z.enum(planIds, { error: "Choose a plan." }),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "Choose a region."),
  administratorEmail: z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.email({ error: "Enter a work e-mail address." })),
});
