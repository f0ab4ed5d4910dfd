import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("./styles.css", import.meta.url), "utf8");
const tokens = new Map(
  [...css.matchAll(/--color-([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, theme: "light" | "dark"): number {
  const [a, b] = [one, other].map((name) => {
    const colour = tokens.get(name)?.[theme];
    if (colour === undefined) throw new Error(`no token --color-${name}`);
    return luminance(colour);
  }) as [number, number];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const tones = ["neutral", "info", "success", "warning", "danger"];
const surfaces = ["background", "card", "popover", "sidebar", "muted", "accent"];
const words: [string, string][] = [
  ...surfaces.flatMap((surface): [string, string][] => [
    ["foreground", surface],
    ["muted-foreground", surface],
    ["primary-text", surface],
  ]),
  ...tones.flatMap((tone): [string, string][] => [
    [`${tone}-text`, `${tone}-soft`],
    [`${tone}-text`, "card"],
    [`${tone}-text`, "background"],
    [`${tone}-text`, "muted"],
  ]),
  ["sidebar-foreground", "sidebar"],
  ["primary-foreground", "primary"],
  ["primary-foreground", "primary-hover"],
  ["primary-text", "primary-soft"],
  ["foreground", "primary-soft"],
  ["muted-foreground", "primary-soft"],
  ["destructive-foreground", "destructive"],
  ["destructive-foreground", "destructive-hover"],
  ["background", "foreground"],
];
const marks: [string, string][] = [
  ...["background", "card", "popover", "sidebar"].flatMap((surface): [string, string][] => [["ring", surface]]),
  ["input", "card"],
  ["input", "background"],
  ["primary", "card"],
  ...tones.map((tone): [string, string] => [`${tone}-solid`, "card"]),
];

describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
  test.each(words)("%s on %s can be read (4.5 : 1)", (word, surface) => {
    expect(contrast(word, surface, theme)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(marks)("%s on %s can be made out (3 : 1)", (mark, surface) => {
    expect(contrast(mark, surface, theme)).toBeGreaterThanOrEqual(3);
  });
});
