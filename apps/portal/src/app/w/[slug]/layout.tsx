import { hasScope } from "@leasehold/domain/roles";
import { isClosedBySuspension } from "@leasehold/domain/suspension/kinds";
import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { ShutWorkspace } from "../../../components/shut-workspace.tsx";
import { SuspendedWorkspace } from "../../../components/suspended-workspace.tsx";
import { WorkspaceShell } from "../../../components/workspace-shell.tsx";
import { caller, getQueryClient, HydrateClient, trpc } from "../../../trpc/server.tsx";
import { Tombstone } from "./tombstone.tsx";

export default async function WorkspaceLayout({ children, params }: { children: ReactNode; params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  const session = await (await caller()).session.current();
  if (!session) redirect(`/sign-in?next=${encodeURIComponent(`/w/${slug}`)}`);
  const workspace = session.workspaces.find((candidate) => candidate.slug === slug);
  if (!workspace) notFound();
  if (workspace.state === "PROVISIONING") redirect(`/onboarding?workspace=${slug}`);
  if (workspace.state === "SHREDDING") return <Tombstone slug={slug} name={workspace.name} role={workspace.role} />;
  const isOwner = hasScope(workspace.role, "tenant:close");
  const suspended = workspace.state === "SUSPENDED" && (isClosedBySuspension(workspace) || !isOwner);
  const shut = suspended || (workspace.state === "CLOSING" && !isOwner);
  const suspension = suspended ? await (await caller()).workspace.suspension({ slug }) : null;
  // What is said above every page is there with it, and moves nothing later.
  await Promise.all([
    shut ? undefined : getQueryClient().prefetchQuery(trpc.keys.state.queryOptions({ slug })),
    shut || workspace.state !== "SUSPENDED" ? undefined : getQueryClient().prefetchQuery(trpc.workspace.suspension.queryOptions({ slug })),
  ]);
  return (
    <HydrateClient>
      <WorkspaceShell workspace={workspace} workspaces={session.workspaces} user={{ name: session.name, email: session.email }} shut={shut}>
        {suspended ? (
          <SuspendedWorkspace name={workspace.name} isOwner={isOwner} suspension={suspension} />
        ) : shut ? (
          <ShutWorkspace name={workspace.name} />
        ) : (
          children
        )}
      </WorkspaceShell>
    </HydrateClient>
  );
}
