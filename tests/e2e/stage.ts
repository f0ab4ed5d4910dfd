import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { inheritedEnv } from "@leasehold/infra/local/env";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { type AppName, seedEnv } from "@leasehold/infra/local/stack-env";
import type { Browser, BrowserContext, Page } from "playwright";
import { expect } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { createWorld, type World } from "../support/world.ts";

/** The sizes that every journey is walked in. */
export const screens = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 360, height: 740 },
  wide: { width: 1920, height: 1080 },
} as const;
export type Screen = keyof typeof screens;

/** What may be otherwise in the other colours. */
const rulesOfColours = ["color-contrast", "link-in-text-block"];

/** A whole product with a browser in front of it. */
export interface Stage extends AsyncDisposable {
  world: World;
  portal: string;
  console: string;
  /** A person's browser: its own cookies, one window. What its pages complain about fails the test in `calm`. */
  visitor(screen: Screen, options?: { dark?: boolean }): Promise<Visitor>;
}

export interface Visitor extends AsyncDisposable {
  page: Page;
  context: BrowserContext;
  /** Keeps a picture of the page, or of another window, under `test-results/screenshots`. */
  shoot(name: string, window?: Page): Promise<void>;
  /** Asserts that axe finds nothing, nothing overflows sideways, and the page has one first-level heading. */
  inspect(name: string): Promise<void>;
  /** The same, in light and in dark. */
  inspectBoth(name: string): Promise<void>;
  /** Asserts that since it was loaded nothing on the page has moved by itself, as the browser measures it: 0.1 at most. */
  still(name: string): Promise<void>;
  /** Sends bytes no faster than this from now on; 0 for as fast as they go. */
  slowUploads(bytesPerSecond: number): Promise<void>;
  /** Asserts that no page logged an error or broke its own security policy so far. */
  calm(): void;
}

export async function openStage(apps: AppName[], overrides: Partial<Record<AppName, Record<string, string>>> = {}): Promise<Stage> {
  await using undo = new AsyncDisposableStack();
  const world = undo.use(await createWorld());
  const urls: Partial<Record<AppName, string>> = {};
  if (apps.includes("console")) seedOperators(world);
  for (const app of apps) urls[app] = (await world.start(app, overrides[app])).url;
  const browser = undo.adopt(await launchBrowser(), (open) => open.close());
  const owned = undo.move();
  return {
    world,
    portal: urls.portal ?? "",
    console: urls.console ?? "",
    visitor: (screen, options) => openVisitor(browser, screen, options?.dark ?? false),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface LayoutShifts {
  worst: number;
  /** What moved, for whoever reads the failure. */
  moved: string[];
}

/**
 * Runs in every page before its own scripts: sums what moves without anybody's doing, in windows as the browsers' vendors count it (gaps
 * under a second, five seconds at most), and keeps the worst of them.
 */
function measureShifts(): void {
  type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Node | null }[] };
  const kept: LayoutShifts = { worst: 0, moved: [] };
  (window as unknown as { layoutShifts: LayoutShifts }).layoutShifts = kept;
  let [sum, began, last] = [0, 0, Number.NEGATIVE_INFINITY];
  const add = ({ value, hadRecentInput, startTime, sources }: Shift) => {
    if (hadRecentInput) return;
    if (startTime - last >= 1_000 || startTime - began >= 5_000) [sum, began] = [0, startTime];
    last = startTime;
    sum += value;
    kept.worst = Math.max(kept.worst, sum);
    for (const { node } of sources) kept.moved.push(node instanceof Element ? `${node.tagName}.${node.className}`.slice(0, 80) : "text");
  };
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) add(entry as Shift);
  });
  observer.observe({ type: "layout-shift", buffered: true });
}

function seedOperators({ stack }: World): void {
  for (const signIn of [stack.secrets.operator, stack.secrets.secondOperator]) {
    const env = { ...inheritedEnv(), NODE_ENV: "production" as const, ...seedEnv(stack, signIn) };
    execFileSync(process.execPath, ["src/seed-operator.ts"], { cwd: join(repositoryRoot, "apps/console"), env, stdio: "pipe" });
  }
}

async function openVisitor(browser: Browser, screen: Screen, dark: boolean): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: screens[screen],
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    acceptDownloads: true,
    hasTouch: screen === "phone",
  });
  context.setDefaultTimeout(20_000);
  await context.addInitScript(measureShifts);
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // The browser itself reports an answer that a form then shows as its error; that is no fault of the page.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) complaints.push(message.text());
  });
  let scheme = dark;
  const shoot = async (name: string, window = page, fullPage = true) => {
    const folder = join(repositoryRoot, "test-results/screenshots", `${screen}${scheme ? "-dark" : ""}`);
    mkdirSync(folder, { recursive: true });
    // What sticks to the window would stand in the middle of the whole page.
    await window.evaluate(() => scrollTo(0, 0));
    await window.evaluate(async () => {
      const ending = document.getAnimations().filter((animation) => Number.isFinite(Number(animation.effect?.getComputedTiming().endTime)));
      await Promise.allSettled(ending.map((animation) => animation.finished));
    });
    await window.screenshot({ path: join(folder, `${name}.png`), fullPage });
  };
  const inspect = async (name: string, rules?: string[]) => {
    await shoot(name, page, rules === undefined);
    const look = async () => {
      // No page of ours has frames: without them nothing is gathered in a page of its own.
      const axe = new AxeBuilder({ page }).setLegacyMode(true);
      const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
    };
    let found = await look();
    // A list that is being read again is shown paler for a moment.
    for (let again = 0; found.length > 0 && again < 5; again++) {
      await page.waitForTimeout(1_000);
      found = await look();
    }
    expect(found, `axe on ${name}`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
    // What lies under a dialog is hidden from everybody.
    const dialogs = await page.getByRole("dialog").or(page.getByRole("alertdialog")).count();
    if (dialogs === 0) expect(await page.getByRole("heading", { level: 1 }).count(), `first-level headings of ${name}`).toBe(1);
  };
  return {
    page,
    context,
    shoot: (name, window) => shoot(name, window),
    inspect: (name) => inspect(name),
    async inspectBoth(name) {
      for (scheme of [!dark, dark]) {
        await page.emulateMedia({ colorScheme: scheme ? "dark" : "light" });
        await page.waitForFunction((isDark) => matchMedia("(prefers-color-scheme: dark)").matches === isDark, scheme);
        await inspect(name, scheme === dark ? undefined : rulesOfColours);
      }
    },
    async still(name) {
      const { worst, moved } = await page.evaluate(() => (window as unknown as { layoutShifts: LayoutShifts }).layoutShifts);
      expect(worst, `${name} moves by itself: ${moved.join(", ")}`).toBeLessThanOrEqual(0.1);
    },
    async slowUploads(bytesPerSecond) {
      const session = await context.newCDPSession(page);
      await session.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: bytesPerSecond || -1,
      });
    },
    calm: () => expect(complaints).toEqual([]),
    [Symbol.asyncDispose]: () => context.close(),
  };
}
