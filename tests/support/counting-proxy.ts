import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy before a server that counts how often the direction turns to the server: round trips. */
export interface CountingProxy extends AsyncDisposable {
  /** The URL with the proxy's address. */
  url: string;
  /** Round trips since the last call. */
  takeRoundTrips(): number;
  /** Cuts every connection, as a network does. */
  cut(): void;
}

export async function startCountingProxy(url: string): Promise<CountingProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let roundTrips = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    let asking = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk) => {
      if (!asking) roundTrips += 1;
      asking = true;
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      asking = false;
      client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const proxied = new URL(url);
  proxied.hostname = "127.0.0.1";
  proxied.port = String(address.port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: proxied.toString(),
    takeRoundTrips() {
      const counted = roundTrips;
      roundTrips = 0;
      return counted;
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
