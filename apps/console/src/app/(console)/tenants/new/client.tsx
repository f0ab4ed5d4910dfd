"use client";

import { needsStack, type PlanId, planIds, plans } from "@leasehold/domain/plans";
import { slugFrom } from "@leasehold/domain/slugs";
import { Field } from "@leasehold/ui/components/field";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { PlanPicker } from "@leasehold/ui/components/plan-picker";
import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { errorMessage, fieldOf, reasonOf } from "../../../../lib/errors.ts";
import { addTenantInput } from "../../../../server/onboarding/add-tenant-input.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { RegionSelect } from "./region-select.tsx";
import { SlugHint } from "./slug-hint.tsx";

export function AddTenantForm() {
  const trpc = useTRPC();
  const router = useRouter();
  const regions = useQuery(trpc.tenants.regions.queryOptions());
  // One key for as long as the form is open: however often it is sent, one tenant comes of it.
  const [idempotencyKey, setIdempotencyKey] = useState(() => crypto.randomUUID());
  const [name, setName] = useState("");
  const [ownSlug, setOwnSlug] = useState<string>();
  const [plan, setPlan] = useState<PlanId>("pro");
  const [region, setRegion] = useState<string>();
  const [administratorEmail, setEmail] = useState("");
  const [errors, setErrors] = useState<Record<string, string>>({});
  const slug = ownSlug ?? slugFrom(name);
  const add = useMutation(
    trpc.tenants.add.mutationOptions({
      onSuccess: ({ tenantId }) => {
        toast.success("Onboarding requested", { description: `${name} is being set up.` });
        router.push(`/tenants/${tenantId}?tab=operations`);
      },
      onError: (error) => {
        if (reasonOf(error) === "idempotency-key-reused") {
          setIdempotencyKey(crypto.randomUUID());
          setErrors({ form: "An earlier attempt with other details went through. Look for it among the tenants before adding another." });
        } else setErrors({ [fieldOf(error) ?? "form"]: errorMessage(error) });
      },
    }),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (add.isPending) return;
    const parsed = addTenantInput.safeParse({
      idempotencyKey,
      organizationName: name,
      slug,
      plan,
      region: region ?? regions.data?.[0] ?? "",
      administratorEmail,
    });
    setErrors(
      parsed.success ? {} : Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message]).reverse()),
    );
    if (parsed.success) add.mutate(parsed.data);
    else requestAnimationFrame(() => form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  };
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-6">
      <PageHeader
        title="Add tenant"
        description="Sets a workspace up and invites its first administrator once it is ready. You can watch every step."
      />
      <form onSubmit={submit} noValidate aria-label="Add tenant" className="flex flex-col gap-5">
        <Field label="Organization name" error={errors.organizationName}>
          <Input value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" maxLength={120} autoFocus />
        </Field>
        <Field label="Address" description={<SlugHint slug={slug} />} error={errors.slug}>
          <Input
            value={slug}
            onChange={(event) => setOwnSlug(event.target.value.toLowerCase())}
            autoComplete="off"
            spellCheck={false}
            maxLength={40}
            className="font-mono"
          />
        </Field>
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1.5 font-medium">Plan</legend>
          <PlanPicker
            plans={planIds.map((id) => plans[id])}
            value={plan}
            onValueChange={(value) => setPlan(value as PlanId)}
            noteOf={(choice) =>
              needsStack(plans[choice.id as PlanId].placement)
                ? "A stack of its own: takes minutes. Adding it here is the approval."
                : undefined
            }
          />
        </fieldset>
        <Field label="Region" error={errors.region} description="Where data, files and key are kept. It cannot be changed by hand later.">
          <RegionSelect regions={regions.data ?? []} value={region ?? regions.data?.[0] ?? ""} onValueChange={setRegion} />
        </Field>
        <Field
          label="Administrator's work email"
          error={errors.administratorEmail}
          description="Gets an invitation as owner when the workspace is ready, not before."
        >
          <Input type="email" value={administratorEmail} onChange={(event) => setEmail(event.target.value)} autoComplete="off" />
        </Field>
        {errors.form ? (
          <p role="alert" className="text-danger-text">
            {errors.form}
          </p>
        ) : null}
        <div className="flex flex-col-reverse gap-2 border-t pt-5 sm:flex-row sm:justify-end">
          <Button asChild variant="secondary">
            <Link href="/tenants">Cancel</Link>
          </Button>
          <Button type="submit" pending={add.isPending}>
            Add tenant
          </Button>
        </div>
      </form>
    </div>
  );
}
