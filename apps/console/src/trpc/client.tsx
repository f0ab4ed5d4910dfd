"use client";

import { createTrpc } from "@leasehold/ui/components/trpc";
import type { ConsoleRouter } from "../server/router.ts";

export const { TRPCClientProvider, useTRPC, useTRPCClient } = createTrpc<ConsoleRouter>();
