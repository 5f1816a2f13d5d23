import type { CDPSession, Page } from "playwright-core";
import { median, milliseconds, percentile, type Row } from "../measure.ts";
import { readMainThread } from "./slow_page.ts";

/** Blocks of keys here and there in turn, so that a slow moment of the machine meets both. */
const BLOCKS = 10;
const CELLS = 3;
const DIGITS = 4;
/** As a quick thumb types. */
const PAUSE = 120; // ms

interface Keys {
  readonly digits: number[];
  /** Saves the cell and goes to the one below. */
  readonly commits: number[];
  /** Milliseconds of the main thread's processor for a digit, one number a cell. */
  readonly cpu: number[];
}

/** The page and its tools. */
interface Desk {
  readonly page: Page;
  readonly session: CDPSession;
}

/** Milliseconds from a key to the frame that shows it: the total of a long estimate, and a bare input. */
export async function measureTyping(desk: Desk, lines: number): Promise<Row[]> {
  const { page } = desk;
  await page.evaluate(installProbe);
  const ours: Keys = { digits: [], commits: [], cpu: [] };
  const bare: Keys = { digits: [], commits: [], cpu: [] };
  for (let block = 0; block <= BLOCKS; block += 1) {
    await page
      .locator('[data-cell$=":price"]')
      .nth(block % 3)
      .click();
    const typed = await typeBlock(desk, "total", block);
    await page.keyboard.press("Escape");
    await page.locator("#bare").focus();
    const floor = await typeBlock(desk, "bare", block);
    // The first block warms up.
    if (block === 0) continue;
    for (const name of ["digits", "commits", "cpu"] as const) {
      ours[name].push(...typed[name]);
      bare[name].push(...floor[name]);
    }
  }
  const where = `in an estimate of ${lines.toLocaleString("en")} lines, CPU 4 × slower, p95`;
  return [
    compare(`miniapp: a digit → the total on screen, ${where}`, ours.digits, bare.digits),
    compare(`miniapp: the main thread's processor for a digit, ${where}`, ours.cpu, bare.cpu),
    compare(`miniapp: arrow down saves a cell → the next, ${where}`, ours.commits, bare.commits),
  ];
}

/** One frame later is what people would see. */
function compare(work: string, ours: readonly number[], bare: readonly number[]): Row {
  const [mine, floor] = [percentile(ours, 0.95), percentile(bare, 0.95)];
  return {
    work,
    ours: `${milliseconds(mine)} (p50 ${milliseconds(median(ours))})`,
    peer: `the same key in a bare <input> of the page ${milliseconds(floor)} (p50 ${milliseconds(median(bare))}); goal + 16 ms`,
    ratio: (mine - floor) / 16,
    goal: { at: "most", ratio: 1 },
  };
}

type Place = "total" | "bare";

async function typeBlock(desk: Desk, place: Place, block: number): Promise<Keys> {
  const { page, session } = desk;
  const keys: Keys = { digits: [], commits: [], cpu: [] };
  for (let cell = 0; cell < CELLS; cell += 1) {
    const before = await readMainThread(session);
    for (let digit = 0; digit < DIGITS; digit += 1) {
      const key = String(((block + cell + digit * 3) % 9) + 1);
      keys.digits.push(await press(page, place, key));
    }
    keys.cpu.push(((await readMainThread(session)) - before) / DIGITS);
    keys.commits.push(await press(page, place === "total" ? "field" : "bare", "ArrowDown"));
  }
  return keys;
}

async function press(page: Page, place: Place | "field", key: string): Promise<number> {
  await page.waitForTimeout(PAUSE);
  // Keys overtake other words to the page: the watch is there first.
  await page.evaluate((place) => (window as unknown as Probe).probe.watch(place), place);
  await page.keyboard.press(key);
  return await page.evaluate(() => (window as unknown as Probe).probe.shown);
}

interface Probe {
  probe: { watch: (place: Place | "field") => void; shown: Promise<number> };
}

/** Runs in the page: an input without a program, and a watch on when a key shows. */
function installProbe(): void {
  const bare = document.createElement("input");
  bare.id = "bare";
  Object.assign(bare.style, { position: "fixed", bottom: "0", left: "0", zIndex: "9" });
  document.body.append(bare);
  let pressedAt = 0;
  let onBare: (() => void) | null = null;
  document.addEventListener(
    "keydown",
    (event) => {
      pressedAt = event.timeStamp;
      if (event.key === "ArrowDown") onBare?.();
    },
    true,
  );
  bare.addEventListener("input", () => onBare?.());

  const next = (place: "total" | "bare" | "field"): Promise<number> =>
    new Promise((resolve) => {
      // A task behind a frame's callbacks is behind its paint, too.
      const painted = () => {
        requestAnimationFrame(() => {
          setTimeout(() => resolve(performance.now() - pressedAt));
        });
      };
      if (place === "bare") {
        onBare = () => {
          onBare = null;
          painted();
        };
        return;
      }
      const before = document.activeElement;
      const target = document.querySelector(place === "total" ? ".bar-total" : ".rows");
      if (!target) return;
      const observer = new MutationObserver(() => {
        if (place === "field" && document.activeElement === before) return;
        observer.disconnect();
        painted();
      });
      observer.observe(target, { childList: true, characterData: true, subtree: true });
    });
  const probe = {
    shown: Promise.resolve(0),
    watch: (place: "total" | "bare" | "field") => {
      probe.shown = next(place);
    },
  };
  Object.assign(window, { probe });
}
