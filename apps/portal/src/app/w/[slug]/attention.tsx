"use client";

import { Section } from "@leasehold/ui/components/section";
import type { inferRouterOutputs } from "@trpc/server";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { may } from "../../../lib/may.ts";
import type { PortalRouter } from "../../../server/routers/root.ts";

type Outputs = inferRouterOutputs<PortalRouter>["workspace"];

const near = 0.8;

interface AttentionProps {
  slug: string;
  tenant: Outputs["get"];
  usage: Outputs["usage"] | undefined;
}

/** What somebody should do next; nothing at all when there is nothing. */
export function Attention({ slug, tenant, usage }: AttentionProps) {
  const items = itemsFor({ slug, tenant, usage });
  if (items.length === 0) return null;
  return (
    <Section title="Next">
      <ul className="divide-y overflow-hidden rounded-lg border bg-card shadow-xs">
        {items.map((item) => (
          <li key={item.title}>
            <Link href={item.href} className="flex min-h-14 items-center gap-3 px-4 py-2.5 hover:bg-accent">
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{item.title}</span>
                <span className="block text-muted-foreground text-sm">{item.text}</span>
              </span>
              <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-muted-foreground" />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function itemsFor({ slug, tenant, usage }: AttentionProps): { title: string; text: string; href: string }[] {
  const base = `/w/${slug}`;
  const items = [];
  const { limits } = tenant;
  if (usage?.documents === 0 && may(tenant, "documents:write"))
    items.push({
      title: "Upload your first document",
      text: "It is encrypted under your own key before it is stored.",
      href: `${base}/documents`,
    });
  if (tenant.members === 1 && may(tenant, "members:invite"))
    items.push({
      title: "Invite people",
      text: "You are the only member. A second owner keeps you from being locked out.",
      href: `${base}/members`,
    });
  if (limits && usage && usage.storedBytes >= limits.storageBytes * near)
    items.push({ title: "Storage is nearly full", text: "Delete what is not needed, or ask for a larger plan.", href: `${base}/settings` });
  if (limits && usage && usage.documents >= limits.documents * near)
    items.push({
      title: "Nearly as many documents as the plan has",
      text: "Delete what is not needed, or ask for a larger plan.",
      href: `${base}/settings`,
    });
  if (limits && tenant.members >= limits.members)
    items.push({ title: "No seat is left", text: "Remove somebody, or ask for a larger plan.", href: `${base}/members` });
  return items;
}
