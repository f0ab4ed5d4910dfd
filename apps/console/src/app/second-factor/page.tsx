import { Logo } from "@leasehold/ui/components/logo";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { env } from "../../env.ts";
import { currentOperator } from "../../server/current-operator.ts";
import { SecondFactor } from "./client.tsx";

export const metadata: Metadata = { title: "Second factor" };

export default async function SecondFactorPage() {
  const operator = await currentOperator();
  if (!operator) redirect("/sign-in?next=/second-factor");
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="flex w-full max-w-md flex-col gap-8">
        <Logo suffix="console" />
        <div className="flex flex-col gap-1">
          <h1 className="font-semibold text-2xl">Second factor</h1>
          <p className="text-muted-foreground">
            {operator.mustEnrol
              ? "Everybody who works here signs in with a code of an app beside the password. Set it up to go on."
              : "A code of an app, beside the password, each time that you sign in."}
          </p>
        </div>
        <SecondFactor on={operator.hasSecondFactor} required={env().CONSOLE_SECOND_FACTOR === "required"} mustEnrol={operator.mustEnrol} />
      </div>
    </main>
  );
}
