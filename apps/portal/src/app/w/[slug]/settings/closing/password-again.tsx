"use client";

import { PasswordField } from "@leasehold/ui/components/password-field";
import { useState } from "react";
import { reasonOf } from "../../../../../lib/errors.ts";

const asksAgain = new Set(["sign-in-not-fresh", "password-wrong"]);

/** The password once more, where the sign-in is not fresh enough: asked for when the server has said so, and not before. */
export function usePasswordAgain() {
  const [asked, setAsked] = useState(false);
  const [word, setWord] = useState("");
  return {
    asked,
    word,
    setWord,
    ready: !asked || word !== "",
    reset: () => {
      setAsked(false);
      setWord("");
    },
    /** Runs a request with what was entered, and asks for it when the request is refused for the lack of it. */
    async asking<T>(request: (password: string | undefined) => Promise<T>): Promise<T> {
      try {
        return await request(asked ? word : undefined);
      } catch (error) {
        if (asksAgain.has(reasonOf(error) ?? "")) setAsked(true);
        throw error;
      }
    },
  };
}

export function PasswordAgain({ again }: { again: ReturnType<typeof usePasswordAgain> }) {
  if (!again.asked) return null;
  return (
    <PasswordField
      label="Your password"
      name="password"
      autoComplete="current-password"
      value={again.word}
      onChange={(event) => again.setWord(event.target.value)}
      hint="You signed in more than five minutes ago."
    />
  );
}
