"use client";

import { hasScope } from "@leasehold/domain/roles";
import { AppShell } from "@leasehold/ui/components/app-shell";
import { Logo } from "@leasehold/ui/components/logo";
import type { inferRouterOutputs } from "@trpc/server";
import { FileText, KeyRound, LayoutDashboard, ScrollText, Settings, Users } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { createContext, type ReactNode, useContext } from "react";
import type { PortalRouter } from "../server/routers/root.ts";
import { ClosingBanner } from "./closing-banner.tsx";
import { KeyBanner } from "./key-banner.tsx";
import { SuspensionBanner } from "./suspension-banner.tsx";
import { TenantSwitcher } from "./tenant-switcher.tsx";
import { UserMenu } from "./user-menu.tsx";

export type Workspace = NonNullable<inferRouterOutputs<PortalRouter>["session"]["current"]>["workspaces"][number];

const WorkspaceContext = createContext<Workspace | undefined>(undefined);

/** The workspace that the page is in, with the reader's role in it. */
export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error("useWorkspace belongs below WorkspaceShell");
  return workspace;
}

interface WorkspaceShellProps {
  workspace: Workspace;
  workspaces: readonly Workspace[];
  user: { name: string; email: string };
  /** Whether the reader is kept out of the workspace's pages, and sees what `children` says alone. */
  shut?: boolean;
  children: ReactNode;
}

export function WorkspaceShell({ workspace, workspaces, user, shut = false, children }: WorkspaceShellProps) {
  const path = usePathname();
  const router = useRouter();
  const base = `/w/${workspace.slug}`;
  const pages = [
    { label: "Overview", href: base, icon: LayoutDashboard, exact: true, scope: "tenant:read" },
    { label: "Documents", href: `${base}/documents`, icon: FileText, scope: "documents:read" },
    { label: "Members", href: `${base}/members`, icon: Users, scope: "members:read" },
    { label: "API keys", href: `${base}/api-keys`, icon: KeyRound, scope: "api-keys:manage" },
    { label: "Audit", href: `${base}/audit`, icon: ScrollText, scope: "audit:read" },
    { label: "Settings", href: `${base}/settings`, icon: Settings, scope: "tenant:read" },
  ] as const;
  const shown = pages.filter((page) => hasScope(workspace.role, page.scope));
  const here = pages.find((page) => page.href !== base && path.startsWith(page.href));
  return (
    <WorkspaceContext value={workspace}>
      <AppShell
        logo={
          <Link href={base} aria-label={`Leasehold, ${workspace.name}`} className="rounded-sm">
            <Logo />
          </Link>
        }
        nav={shut ? [] : [{ items: shown }]}
        path={path}
        link={Link}
        onNavigate={(href) => router.push(href)}
        crumbs={[{ label: workspace.name, href: base }, ...(here ? [{ label: here.label }] : [])]}
        tenantSwitcher={<TenantSwitcher current={workspace} workspaces={workspaces} />}
        userMenu={<UserMenu user={user} />}
      >
        {shut ? null : <KeyBanner slug={workspace.slug} role={workspace.role} />}
        {shut ? null : <SuspensionBanner workspace={workspace} />}
        <ClosingBanner workspace={workspace} />
        {children}
      </AppShell>
    </WorkspaceContext>
  );
}
