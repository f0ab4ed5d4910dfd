"use client";

import { CodeField } from "@leasehold/ui/components/code-field";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { useState } from "react";
import { reasonOf } from "../../../../../lib/errors.ts";

const asks: Record<string, "password" | "code"> = {
  "sign-in-not-fresh": "password",
  "password-wrong": "password",
  "code-needed": "code",
  "code-wrong": "code",
};

/** The password or a code once more, where the sign-in is not fresh enough: asked for when the server has said so, and not before. */
export function usePasswordAgain() {
  const [asked, setAsked] = useState<"password" | "code">();
  const [word, setWord] = useState("");
  return {
    asked,
    word,
    setWord,
    ready: asked === undefined || word !== "",
    reset: () => {
      setAsked(undefined);
      setWord("");
    },
    /** Runs a request with what was entered, and asks for it when the request is refused for the lack of it. */
    async asking<T>(request: (given: { password?: string; code?: string }) => Promise<T>): Promise<T> {
      try {
        return await request(asked === undefined || word === "" ? {} : { [asked]: word });
      } catch (error) {
        const next = asks[reasonOf(error) ?? ""];
        if (next !== undefined) setAsked(next);
        // A code is good once.
        if (next === "code") setWord("");
        throw error;
      }
    },
  };
}

const hint = "You signed in more than five minutes ago.";

export function PasswordAgain({ again: { asked, word, setWord } }: { again: ReturnType<typeof usePasswordAgain> }) {
  if (asked === undefined) return null;
  const field = { value: word, onChange: (event: { target: { value: string } }) => setWord(event.target.value), hint };
  if (asked === "code") return <CodeField label="Code of your app, or a recovery code" {...field} />;
  return <PasswordField label="Your password" name="password" autoComplete="current-password" {...field} />;
}
