"use client";

import { slugProblem, slugProblemMessages } from "@leasehold/domain/slugs";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { useTRPC } from "../../../../trpc/client.tsx";

/** Under the address: whether it can be had, as it is typed. Always one line high. */
export function SlugHint({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const asked = useDeferredValue(slug);
  const problem = asked === "" ? undefined : slugProblem(asked);
  const availability = useQuery(
    trpc.tenants.slugAvailability.queryOptions(asked === "" || problem ? skipToken : { slug: asked }, { staleTime: 10_000 }),
  );
  if (asked === "") return <span>Lower-case letters, digits and hyphens. Made from the name unless you write your own.</span>;
  if (problem) return <span>{slugProblemMessages[problem]}</span>;
  if (!availability.data) return <span>Checking whether it is free…</span>;
  if (availability.data.status === "taken") return <span className="text-warning-text">Taken. Choose another.</span>;
  return <span className="text-success-text">Available</span>;
}
