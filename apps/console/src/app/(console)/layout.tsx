import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { ConsoleShell } from "../../components/console-shell.tsx";
import { NoRole } from "../../components/no-role.tsx";
import { currentOperator } from "../../server/current-operator.ts";
import { getQueryClient, HydrateClient, trpc } from "../../trpc/server.tsx";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const operator = await currentOperator();
  if (!operator) redirect(`/sign-in?next=${encodeURIComponent((await headers()).get("x-path") ?? "/tenants")}`);
  if (operator.mustEnrol) redirect("/second-factor");
  if (operator.role === undefined) return <NoRole name={operator.name} />;
  await getQueryClient().prefetchQuery(trpc.operations.attention.queryOptions());
  return (
    <HydrateClient>
      <ConsoleShell operator={{ name: operator.name, email: operator.email, role: operator.role }}>{children}</ConsoleShell>
    </HydrateClient>
  );
}
