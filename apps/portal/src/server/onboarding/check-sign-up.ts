import { slugAvailability } from "@leasehold/db/control/tenants/slug-availability";
import { type PlanId, planIds } from "@leasehold/domain/plans";
import { slugProblem, slugProblemMessages } from "@leasehold/domain/slugs";
import { z } from "zod";
import { emailAddress } from "../../lib/email-address.ts";
import { organizationName } from "../../lib/organization-name.ts";
import { FieldErrors, type FieldProblem } from "../field-errors.ts";
import { passwordProblem } from "../identity/password-rules.ts";
import type { Services } from "../services.ts";

export interface SignUpForm {
  organizationName: string;
  slug: string;
  email: string;
  password: string;
  plan: string;
}

const rules = {
  organizationName,
  email: emailAddress,
  plan: z.enum(planIds, { error: "Choose one of the plans shown." }),
};

/** The form with its values as they are kept. @throws FieldErrors naming every field that is wrong, in the form's order. */
export async function checkSignUp(services: Services, form: SignUpForm): Promise<SignUpForm & { plan: PlanId }> {
  const name = rules.organizationName.safeParse(form.organizationName);
  const email = rules.email.safeParse(form.email);
  const plan = rules.plan.safeParse(form.plan);
  const slug = slugProblem(form.slug);
  const password = passwordProblem(form.password, [form.organizationName, form.slug, form.email.toLowerCase()]);
  const problems: (FieldProblem | undefined)[] = [
    problemOf("organizationName", name.error),
    slug && { field: "slug", message: slugProblemMessages[slug], reason: `slug-${slug}` },
    problemOf("email", email.error),
    password && { field: "password", ...password },
    problemOf("plan", plan.error),
  ];
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length === 0 && name.data && email.data && plan.data)
    return { ...form, organizationName: name.data, email: email.data.toLowerCase(), plan: plan.data };
  // Only where the form comes back anyhow: a form that is sent again meets the address that it took itself.
  if (!slug && (await slugAvailability(services.control, form.slug)).status === "taken")
    found.splice(found[0]?.field === "organizationName" ? 1 : 0, 0, {
      field: "slug",
      message: "This address is taken. Choose another.",
      reason: "slug-taken",
    });
  throw new FieldErrors(found);
}

function problemOf(field: string, error: z.ZodError | undefined): FieldProblem | undefined {
  return error && { field, message: error.issues[0]?.message ?? "This is not valid.", reason: "invalid" };
}
