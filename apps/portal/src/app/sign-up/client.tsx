"use client";

import { type PlanId, planIds, plans } from "@leasehold/domain/plans";
import { slugFrom } from "@leasehold/domain/slugs";
import { Field } from "@leasehold/ui/components/field";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { PlanPicker } from "@leasehold/ui/components/plan-picker";
import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { formatBytes, formatNumber } from "@leasehold/ui/lib/format";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { FormAlert } from "../../components/form-alert.tsx";
import { fieldError, formError, reasonOf } from "../../lib/errors.ts";
import { passwordHint } from "../../lib/password-hint.ts";
import { useFocusInvalid } from "../../lib/use-focus-invalid.ts";
import { useTRPC } from "../../trpc/client.tsx";
import { SlugField } from "./slug-field.tsx";

const fields = ["organizationName", "slug", "email", "password", "plan"];

export function SignUpForm({ initialPlan }: { initialPlan: PlanId }) {
  const router = useRouter();
  const [organizationName, setOrganizationName] = useState("");
  const [ownSlug, setOwnSlug] = useState<string>();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [plan, setPlan] = useState<PlanId>(initialPlan);
  const slug = ownSlug ?? slugFrom(organizationName);
  // One key per contents of the form: sending the same again is a retry, sending something else is not.
  const sent = useRef({ body: "", key: "" });
  const request = useMutation(
    useTRPC().signUp.request.mutationOptions({
      onSuccess: () => router.push("/onboarding"),
      onError: (error) => {
        if (reasonOf(error) === "idempotency-key-reused") sent.current = { body: "", key: "" };
      },
    }),
  );
  const submit = () => {
    const input = { organizationName, slug, email, password, plan };
    const body = JSON.stringify(input);
    if (sent.current.body !== body) sent.current = { body, key: crypto.randomUUID() };
    request.mutate({ ...input, idempotencyKey: sent.current.key });
  };
  const form = useRef<HTMLFormElement>(null);
  useFocusInvalid(form, request.error);
  const errorOf = (field: string) => fieldError(request.error, field);

  return (
    <form
      ref={form}
      noValidate
      aria-label="Create a workspace"
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!request.isPending && !request.isSuccess) submit();
      }}
    >
      <FormAlert>{formError(request.error, fields)}</FormAlert>
      <Field label="Organization name" error={errorOf("organizationName")}>
        <Input
          name="organizationName"
          autoComplete="organization"
          required
          maxLength={80}
          value={organizationName}
          onChange={(event) => setOrganizationName(event.target.value)}
        />
      </Field>
      <SlugField value={slug} onChange={setOwnSlug} error={errorOf("slug")} />
      <Field label="Work email" error={errorOf("email")}>
        <Input
          name="email"
          type="email"
          autoComplete="email"
          required
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        required
        hint={passwordHint}
        error={errorOf("password")}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <div className="flex flex-col gap-1.5">
        <span className="font-medium">Plan</span>
        <PlanPicker
          label="Plan"
          name="plan"
          plans={planIds.map((id) => plans[id])}
          value={plan}
          onValueChange={(value) => setPlan(value as PlanId)}
          noteOf={({ id }) => planNote(id as PlanId)}
        />
      </div>
      <Button type="submit" size="lg" pending={request.isPending || request.isSuccess}>
        Create workspace
      </Button>
      <p className="text-center text-muted-foreground text-sm">
        You have a workspace?{" "}
        <Link href="/sign-in" className="text-primary-text underline underline-offset-4">
          Sign in
        </Link>
      </p>
    </form>
  );
}

function planNote(id: PlanId): string {
  const { limits, approval } = plans[id];
  const size = `${formatNumber(limits.members)} members, ${formatBytes(limits.storageBytes)}`;
  return approval ? `${size}. Opens once we approve it.` : size;
}
