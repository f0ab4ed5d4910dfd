interface Sends {
  send: (...request: never[]) => unknown;
}

/**
 * The client of AWS with every call ended by `signal`: a call that waits is given up, and none begins any more. For one attempt
 * at an activity, so that what is given up does not go on beside what follows it.
 */
export function abortable<Client extends Sends>(client: Client, signal: AbortSignal): Client {
  const send = async (command: unknown, options: object = {}) => {
    signal.throwIfAborted();
    return (client.send as (...request: unknown[]) => unknown).call(client, command, { ...options, abortSignal: signal });
  };
  return new Proxy(client, { get: (target, name) => (name === "send" ? send : Reflect.get(target, name, target)) });
}
