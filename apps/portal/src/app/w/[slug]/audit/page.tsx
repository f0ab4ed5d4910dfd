import type { Metadata } from "next";
import { AuditLog } from "./client.tsx";

export const metadata: Metadata = { title: "Audit" };

export default async function AuditPage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  return <AuditLog slug={slug} />;
}
