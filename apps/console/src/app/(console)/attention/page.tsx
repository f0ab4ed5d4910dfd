import type { Metadata } from "next";
import { AttentionInbox } from "./client.tsx";

export const metadata: Metadata = { title: "Needs attention" };

export default function AttentionPage() {
  return <AttentionInbox />;
}
