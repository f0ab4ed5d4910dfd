import { isPlanId } from "@leasehold/domain/plans";
import type { Metadata } from "next";
import { PublicFrame, PublicHeading } from "../../components/public-frame.tsx";
import { SignUpForm } from "./client.tsx";

export const metadata: Metadata = { title: "Create a workspace" };

export default async function SignUpPage({ searchParams }: { searchParams: Promise<{ plan?: string }> }) {
  const { plan } = await searchParams;
  return (
    <PublicFrame>
      <PublicHeading title="Create a workspace">Four fields and a plan. Nothing is created before you confirm your e-mail.</PublicHeading>
      <SignUpForm initialPlan={isPlanId(plan) ? plan : "starter"} />
    </PublicFrame>
  );
}
