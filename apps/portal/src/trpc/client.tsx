"use client";

import { createTrpc } from "@leasehold/ui/components/trpc";
import type { PortalRouter } from "../server/routers/root.ts";

export const { TRPCClientProvider, useTRPC, useTRPCClient } = createTrpc<PortalRouter>();
