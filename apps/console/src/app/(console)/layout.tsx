import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { ConsoleShell } from "../../components/console-shell.tsx";
import { operatorOf } from "../../server/identity/auth.ts";
import { getQueryClient, HydrateClient, trpc } from "../../trpc/server.tsx";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const request = await headers();
  const operator = await operatorOf(request);
  if (!operator) redirect(`/sign-in?next=${encodeURIComponent(request.get("x-path") ?? "/tenants")}`);
  void getQueryClient().prefetchQuery(trpc.operations.attention.queryOptions());
  return (
    <HydrateClient>
      <ConsoleShell operator={{ name: operator.name, email: operator.email }}>{children}</ConsoleShell>
    </HydrateClient>
  );
}
