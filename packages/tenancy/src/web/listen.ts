import { once } from "node:events";
import type { Server } from "node:http";

export interface Listening {
  /** The one that was given, or, for 0, the one that was free. */
  port: number;
  stop(): Promise<void>;
}

/** Resolves when the server listens. Stopping ends its connections. Throws when the address is taken. */
export async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<Listening> {
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
