import type { TenantId } from "@leasehold/domain/ids";
import type { Role } from "@leasehold/domain/roles";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { readEnv } from "@leasehold/portal/env";
import { createContext } from "@leasehold/portal/server/context";
import { verificationSecret } from "@leasehold/portal/server/onboarding/sign-up";
import { createCaller } from "@leasehold/portal/server/routers/root";
import { closeServices, createServices } from "@leasehold/portal/server/services";
import { Client } from "pg";
import { createWorld, type World } from "./world.ts";

export const password = "seven quiet otters cross";

/** The portal's procedures in process, on a world of their own unless given one, with the database's owner to look behind them. */
export async function createPortal(given?: World) {
  const world = given ?? (await createWorld());
  const portal = createServices(readEnv({ ...stackEnv(world.stack, "portal"), PORTAL_ATTEMPT_FACTOR: "1000", LOG_LEVEL: "silent" }));
  const owner = new Client({ connectionString: world.ownerUrl("control") });
  await owner.connect();
  let count = 0;

  /** A browser: keeps cookies over its calls. */
  function browser() {
    const cookies = new Map<string, string>();
    const header = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const call = async <T>(run: (call: ReturnType<typeof createCaller>) => Promise<T>, signal?: AbortSignal): Promise<T> => {
      const headers = new Headers({ cookie: header() });
      const ctx = createContext(portal, headers);
      try {
        return await run(createCaller(ctx, { signal }));
      } finally {
        for (const cookie of ctx.resHeaders.getSetCookie()) {
          const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
          cookies.set(name, value);
        }
      }
    };
    return Object.assign(call, { cookie: header });
  }

  function form(overrides: Partial<{ slug: string; email: string; password: string; plan: "starter" | "enterprise"; key: string }> = {}) {
    count += 1;
    return {
      organizationName: `Harbour ${count}`,
      slug: overrides.slug ?? `harbour-${world.id}-${count}`.replace(/-(\d)/g, "-n$1"),
      email: overrides.email ?? `person${count}@${world.id}.example`,
      password: overrides.password ?? password,
      plan: overrides.plan ?? ("starter" as const),
      idempotencyKey: overrides.key ?? crypto.randomUUID(),
    };
  }

  const tokenOf = (signUpId: string) => `${signUpId}.${verificationSecret(portal, signUpId)}`;
  const rows = async (text: string, values: unknown[] = []) =>
    Number((await owner.query(`SELECT count(*) AS n FROM ${text}`, values)).rows[0].n);

  /** Opens a workspace as far as the portal sees: the guards of its onboarding are for tests of that. */
  async function activate(tenantId: TenantId) {
    await owner.query(`
      BEGIN;
      ALTER TABLE control.tenants DISABLE TRIGGER USER;
      UPDATE control.tenants SET state = 'ACTIVE', activated_at = now(), current_operation = NULL WHERE tenant_id = '${tenantId}';
      ALTER TABLE control.tenants ENABLE TRIGGER USER;
      COMMIT`);
  }

  /** Ends the onboarding too, so that other work on the workspace may begin. */
  async function settle({ tenantId }: { tenantId: TenantId }) {
    await owner.query(`
      BEGIN;
      ALTER TABLE control.operations DISABLE TRIGGER USER;
      UPDATE control.operations SET state = 'SUCCEEDED', finished_at = now() WHERE tenant_id = '${tenantId}';
      ALTER TABLE control.operations ENABLE TRIGGER USER;
      COMMIT`);
  }

  /** A person in an open workspace, as onboarding leaves it. */
  async function member(role: Role, tenant?: { tenantId: TenantId; slug: string }, { open = true } = {}) {
    const call = browser();
    const input = form();
    const { signUpId } = await call((portal) => portal.signUp.request(input));
    await call((portal) => portal.signUp.confirm({ token: tokenOf(signUpId) }));
    const { rows: found } = await owner.query("SELECT tenant_id, user_id FROM control.sign_ups WHERE sign_up_id = $1", [signUpId]);
    const own = { tenantId: found[0].tenant_id as TenantId, slug: input.slug };
    const at = tenant ?? own;
    await owner.query("INSERT INTO control.members (tenant_id, user_id, role) VALUES ($1, $2, $3)", [at.tenantId, found[0].user_id, role]);
    if (!tenant && open) await activate(own.tenantId);
    return { call, email: input.email, userId: found[0].user_id as string, tenantId: at.tenantId, slug: at.slug };
  }

  return {
    world,
    portal,
    owner,
    browser,
    form,
    tokenOf,
    rows,
    member,
    settle,
    async [Symbol.asyncDispose]() {
      await owner.end();
      await closeServices(portal);
      if (given === undefined) await world[Symbol.asyncDispose]();
    },
  };
}

export type Portal = Awaited<ReturnType<typeof createPortal>>;

/** The reason with which a call was refused, or `ok`. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "ok",
    (error: { cause?: { code?: string; reason?: string } }) => error.cause?.reason ?? error.cause?.code ?? String(error),
  );
}
