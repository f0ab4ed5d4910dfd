import { LocalError } from "./local-error.ts";
import { describePortHolder, findFreePorts, isPortTaken } from "./processes/port-holder.ts";

/** Every port of the local stack, what listens there, and the setting that moves it. */
export const portTable = {
  portal: { port: 3000, label: "portal", setting: "LEASEHOLD_PORTAL_PORT" },
  console: { port: 3001, label: "console", setting: "LEASEHOLD_CONSOLE_PORT" },
  application: { port: 4000, label: "application plane", setting: "LEASEHOLD_APPLICATION_PORT" },
  workerHealth: { port: 4001, label: "worker's health check", setting: "LEASEHOLD_WORKER_HEALTH_PORT" },
  postgres: { port: 5462, label: "Postgres", setting: "LEASEHOLD_POSTGRES_PORT" },
  temporal: { port: 7233, label: "Temporal", setting: "LEASEHOLD_TEMPORAL_PORT" },
  temporalUi: { port: 8233, label: "Temporal UI", setting: "LEASEHOLD_TEMPORAL_UI_PORT" },
  temporalUiServer: { port: 8234, label: "server behind the Temporal UI", setting: "LEASEHOLD_TEMPORAL_UI_SERVER_PORT" },
  aws: { port: 4566, label: "AWS emulator", setting: "LEASEHOLD_AWS_PORT" },
  inbox: { port: 8025, label: "mail inbox", setting: "LEASEHOLD_INBOX_PORT" },
} as const;

export type PortName = keyof typeof portTable;
export type Ports = Record<PortName, number>;

export const portNames = Object.keys(portTable) as PortName[];
export const appPorts: readonly PortName[] = ["portal", "console", "application", "workerHealth"];

/** The default ports moved by `offset`; a port set by itself wins. */
export function choosePorts(offset: number, overrides: Partial<Ports> = {}): Ports {
  return Object.fromEntries(portNames.map((name) => [name, overrides[name] ?? portTable[name].port + offset])) as Ports;
}

export async function chooseFreePorts(): Promise<Ports> {
  const free = await findFreePorts(portNames.length);
  return Object.fromEntries(portNames.map((name, index) => [name, free[index]])) as Ports;
}

/** Ports that the Fetch standard blocks, and with it browsers and Node, as far as an offset can reach them. */
const blockedPorts = new Set([4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080]);

/** @throws {LocalError} SETTING_INVALID for a port that browsers refuse; PORT_TAKEN, naming the holder where the system tells, and the settings that move the port. */
export async function assertPortsFree(ports: Ports, names: readonly PortName[]): Promise<void> {
  for (const name of names) {
    const { label, setting } = portTable[name];
    if (blockedPorts.has(ports[name])) {
      throw new LocalError(
        "SETTING_INVALID",
        `Browsers refuse port ${ports[name]}, chosen for the ${label}.`,
        `Set ${setting} or LEASEHOLD_PORT_OFFSET to another one.`,
      );
    }
    if (!(await isPortTaken(ports[name]))) continue;
    const holder = describePortHolder(ports[name]) ?? "another user's process";
    throw new LocalError(
      "PORT_TAKEN",
      `Port ${ports[name]}, which the ${label} needs, is taken by ${holder}.`,
      `Stop that process, or set ${setting} to another port (LEASEHOLD_PORT_OFFSET=100 moves all of ours).`,
    );
  }
}
