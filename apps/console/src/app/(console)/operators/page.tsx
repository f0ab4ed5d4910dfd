import { operatorMay } from "@leasehold/domain/operators";
import type { Metadata } from "next";
import { currentOperator } from "../../../server/current-operator.ts";
import { getQueryClient, HydrateClient, trpc } from "../../../trpc/server.tsx";
import { Operators } from "./client.tsx";

export const metadata: Metadata = { title: "Operators" };

export default async function OperatorsPage() {
  const operator = await currentOperator();
  if (operatorMay(operator?.role, "operators:manage")) await getQueryClient().prefetchQuery(trpc.operators.list.queryOptions());
  return (
    <HydrateClient>
      <Operators />
    </HydrateClient>
  );
}
