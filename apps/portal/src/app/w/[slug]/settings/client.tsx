"use client";

import { hasScope } from "@leasehold/domain/roles";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { PageHeader } from "@leasehold/ui/components/page-header";
import { Section } from "@leasehold/ui/components/section";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@leasehold/ui/components/ui/tabs";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { DataPlace } from "../../../../components/data-place.tsx";
import { messageOf, requestIdOf } from "../../../../lib/errors.ts";
import { may } from "../../../../lib/may.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { DangerZone } from "./danger-zone.tsx";
import { EncryptionSettings } from "./encryption.tsx";
import { ExportSettings } from "./export-settings.tsx";
import { PasswordCard } from "./password-card.tsx";
import { PlanFacts } from "./plan-facts.tsx";
import { RenameCard } from "./rename-card.tsx";
import { SecondFactorCard } from "./second-factor-card.tsx";
import { Sessions } from "./sessions.tsx";

export function Settings({ slug }: { slug: string }) {
  const tab = useSearchParams().get("tab") ?? "general";
  const workspace = useQuery(useTRPC().workspace.get.queryOptions({ slug }));
  const tenant = workspace.data;
  if (!tenant)
    return (
      <>
        <PageHeader title="Settings" />
        {workspace.error ? (
          <ErrorState
            title="The settings could not be read"
            meaning={messageOf(workspace.error)}
            requestId={requestIdOf(workspace.error)}
            onRetry={() => void workspace.refetch()}
          />
        ) : (
          <Skeleton className="h-64 w-full" />
        )}
      </>
    );
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs defaultValue={tab} className="flex flex-col gap-6">
        <TabsList>
          <TabsTrigger value="general">General</TabsTrigger>
          <TabsTrigger value="security">Security</TabsTrigger>
          <TabsTrigger value="plan">Plan</TabsTrigger>
          <TabsTrigger value="data">Data & keys</TabsTrigger>
          {hasScope(tenant.role, "tenant:export") ? <TabsTrigger value="export">Export</TabsTrigger> : null}
        </TabsList>
        <TabsContent value="general" className="flex max-w-3xl flex-col gap-8">
          <RenameCard slug={slug} name={tenant.name} allowed={may(tenant, "tenant:update")} />
          <DangerZone slug={slug} role={tenant.role} state={tenant.state} />
        </TabsContent>
        <TabsContent value="security" className="flex max-w-3xl flex-col gap-8">
          <PasswordCard />
          <SecondFactorCard />
          <Sessions />
        </TabsContent>
        <TabsContent value="plan" className="flex max-w-3xl flex-col gap-8">
          <PlanFacts plan={tenant.plan} />
        </TabsContent>
        <TabsContent value="data" className="flex max-w-3xl flex-col gap-8">
          <Section
            title="Data & keys"
            description="Names and contents of documents are encrypted under a key that is used for this workspace alone. Sizes, times and ids are not."
          >
            <DataPlace tenant={tenant} />
          </Section>
          {hasScope(tenant.role, "keys:manage") ? <EncryptionSettings slug={slug} /> : null}
        </TabsContent>
        {hasScope(tenant.role, "tenant:export") ? (
          <TabsContent value="export" className="flex max-w-5xl flex-col gap-8">
            <ExportSettings slug={slug} />
          </TabsContent>
        ) : null}
      </Tabs>
    </>
  );
}
