import type { LocalSettings } from "./env.ts";
import { choosePorts, type PortName, type Ports, portNames, portTable } from "./ports.ts";

/** The ports that the settings ask for. */
export function portsFrom(settings: LocalSettings): Ports {
  const overrides = portNames.map((name): [PortName, number | undefined] => [name, settings[portTable[name].setting]]);
  return choosePorts(settings.LEASEHOLD_PORT_OFFSET, Object.fromEntries(overrides.filter(([, port]) => port !== undefined)));
}
