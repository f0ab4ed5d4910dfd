import { password } from "../portal-fixtures.ts";
import { codeOfApp } from "../totp.ts";
import { portalCallers } from "./callers.ts";
import type { Case } from "./case.ts";
import type { MatrixWorld } from "./matrix-world.ts";

const strangers = ["anonymous", "operator", "API key"];

/** The same of everybody who is signed in; nobody else has a second factor. */
const ofPeople = (world: MatrixWorld, input: unknown, expect: string): Case[] =>
  Object.values(portalCallers(world)).map((caller) => ({
    what: `as ${caller.name}`,
    caller,
    input,
    expect: strangers.includes(caller.name) ? "UNAUTHENTICATED" : expect,
  }));

async function begun(world: MatrixWorld) {
  const person = await world.portal.member("viewer", world.ours);
  const { secret } = await person.call((api) => api.secondFactor.begin({ password }));
  return { ...person, secret, caller: () => ({ name: "viewer", cookie: person.call.cookie() }) };
}

async function withSecondFactor(world: MatrixWorld) {
  const person = await begun(world);
  const { recoveryCodes } = await person.call((api) => api.secondFactor.confirm({ code: codeOfApp(person.secret, -1) }));
  return { ...person, code: recoveryCodes[0] ?? "" };
}

const own = "one's own";
const wrong = { password: "not the password of anybody" };

/** A person's second factor: their own, whatever their workspace. */
export const secondFactorRows: Record<string, (world: MatrixWorld) => Promise<Case[]>> = {
  "session.confirmSignIn": async (world) => {
    const { email, code } = await withSecondFactor(world);
    const asked = world.portal.browser();
    await asked((api) => api.session.signIn({ email, password }));
    return [
      ...ofPeople(world, { code: "123456" }, "UNAUTHENTICATED"),
      { what: own, caller: { name: "viewer", cookie: asked.cookie() }, input: { code }, expect: "ok" },
    ];
  },
  "secondFactor.state": async (world) => ofPeople(world, undefined, "ok"),
  "secondFactor.begin": async (world) => [
    ...ofPeople(world, wrong, "VALIDATION"),
    { what: own, caller: (await begun(world)).caller(), input: { password }, expect: "ok" },
  ],
  "secondFactor.confirm": async (world) => {
    const { secret, caller } = await begun(world);
    return [
      ...ofPeople(world, { code: "123456" }, "VALIDATION"),
      { what: own, caller: caller(), input: { code: codeOfApp(secret) }, expect: "ok" },
    ];
  },
  "secondFactor.renewCodes": async (world) => [
    ...ofPeople(world, { password }, "VALIDATION"),
    { what: own, caller: (await withSecondFactor(world)).caller(), input: { password }, expect: "ok" },
  ],
  "secondFactor.turnOff": async (world) => [
    ...ofPeople(world, wrong, "VALIDATION"),
    { what: own, caller: (await withSecondFactor(world)).caller(), input: { password }, expect: "ok" },
  ],
};
