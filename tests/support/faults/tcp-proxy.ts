import { once } from "node:events";
import { type AddressInfo, createServer, type Socket, connect as tcpConnect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What the wire does. A black hole keeps connections open and loses what is sent; reset ends them and refuses new ones. */
export type Wire = "pass" | "blackhole" | "reset" | { latencyMs: number };

export interface TcpProxy extends AsyncDisposable {
  port: number;
  /** Takes effect at once, also for connections that are open. A connection that lost bytes is ended by the next change. */
  set(wire: Wire): void;
  connections(): number;
}

/** A proxy on a free loopback port for any protocol over TCP. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const holed = new Set<Socket>();
  let wire: Wire = "pass";

  const server = createServer((client) => {
    if (wire === "reset") return void client.resetAndDestroy();
    const upstream = tcpConnect({ ...target, noDelay: true });
    client.setNoDelay(true);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      let order = Promise.resolve();
      from.on("data", (chunk) => {
        if (wire === "blackhole") return void [client, upstream].map((socket) => holed.add(socket));
        const wait = typeof wire === "object" ? wire.latencyMs : 0;
        const due = Date.now() + wait;
        order = order.then(async () => {
          if (due > Date.now()) await sleep(due - Date.now());
          if (!to.destroyed && !to.write(chunk)) {
            from.pause();
            to.once("drain", () => from.resume());
          }
        });
      });
      from.on("end", () => void order.then(() => to.end()));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        holed.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      wire = next;
      for (const socket of next === "reset" ? open : holed) socket.resetAndDestroy();
    },
    connections: () => open.size / 2,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of open) socket.destroy();
      if (server.listening) await once(server, "close");
    },
  };
}
