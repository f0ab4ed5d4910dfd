"use client";

import { type OperatorRole, operatorMay } from "@leasehold/domain/operators";
import { AppShell } from "@leasehold/ui/components/app-shell";
import type { PaletteCommand } from "@leasehold/ui/components/command-palette";
import { Logo } from "@leasehold/ui/components/logo";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { Building2, CirclePlus, Inbox, UsersRound } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useDeferredValue, useState } from "react";
import { useTRPC } from "../trpc/client.tsx";
import { OperatorMenu } from "./operator-menu.tsx";
import { OperatorRoleProvider } from "./permitted.tsx";
import { useCrumbs } from "./use-crumbs.ts";
import { useRefreshLists } from "./use-refresh.ts";

interface SignedIn {
  name: string;
  email: string;
  role: OperatorRole | undefined;
}

/** The frame of every page behind the sign-in: navigation, the count of what waits, and search over all tenants. */
export function ConsoleShell({ operator, children }: { operator: SignedIn; children: ReactNode }) {
  const trpc = useTRPC();
  const router = useRouter();
  const path = usePathname();
  const crumbs = useCrumbs(path);
  const refreshLists = useRefreshLists();
  const attention = useQuery(trpc.operations.attention.queryOptions(undefined, { refetchInterval: 30_000 }));
  const resets = useQuery(trpc.secondFactors.waiting.queryOptions(undefined, { refetchInterval: 30_000 }));
  useSubscription(trpc.operations.activity.subscriptionOptions(undefined, { onData: refreshLists }));
  const [query, setQuery] = useState("");
  const search = useDeferredValue(query.trim());
  const found = useQuery(trpc.tenants.list.queryOptions(search.length < 2 ? skipToken : { search, limit: 8 }));
  const commands: PaletteCommand[] = [
    ...(operatorMay(operator.role, "tenants:onboard")
      ? [{ id: "add-tenant", label: "Add tenant", group: "Do", icon: CirclePlus, onSelect: () => router.push("/tenants/new") }]
      : []),
    ...(found.data?.items ?? []).map((tenant) => ({
      id: tenant.tenantId,
      label: tenant.name,
      group: "Tenants",
      icon: Building2,
      keywords: [tenant.slug, tenant.tenantId],
      hint: tenant.slug,
      onSelect: () => router.push(`/tenants/${tenant.tenantId}`),
    })),
  ];
  return (
    <AppShell
      logo={
        <Link href="/tenants" className="rounded-md">
          <Logo suffix="console" />
        </Link>
      }
      nav={[
        {
          items: [
            { label: "Tenants", href: "/tenants", icon: Building2 },
            {
              label: "Needs attention",
              href: "/attention",
              icon: Inbox,
              count: attention.data && attention.data.length + (resets.data?.length ?? 0),
            },
            ...(operatorMay(operator.role, "operators:manage") ? [{ label: "Operators", href: "/operators", icon: UsersRound }] : []),
          ],
        },
      ]}
      path={path}
      link={Link}
      onNavigate={(href) => router.push(href)}
      crumbs={crumbs}
      userMenu={<OperatorMenu {...operator} />}
      commands={commands}
      onCommandQuery={setQuery}
    >
      <OperatorRoleProvider role={operator.role}>{children}</OperatorRoleProvider>
    </AppShell>
  );
}
