import { setTimeout as sleep } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";
import { median, type Row } from "../measure.ts";

const ROUNDS = 4;
const FRAME = 1000 / 60; // ms
const DRAGS = 12;
/** Of a finger up the screen. */
const DRAG = { from: 760, step: 50, steps: 13 }; // px a frame
const DISTANCE = DRAGS * DRAG.step * DRAG.steps;
const SPEED = DRAG.step * 60; // px a second, a strong flick

/** Frames that a scroll through a long estimate loses, beside the same scroll over rows that just lie there. */
export async function measureScrolling(
  page: Page,
  session: CDPSession,
  lines: number,
): Promise<Row[]> {
  const plain = await openPlain(page);
  const shares: Record<"ours" | "bare", number[]> = { ours: [], bare: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const ours = await scroll(page, session);
    const bare = await scroll(plain.page, plain.session);
    if (round === 0) continue;
    shares.ours.push(ours);
    shares.bare.push(bare);
  }
  await plain.page.close();
  const [ours, bare] = [median(shares.ours), median(shares.bare)];
  return [
    {
      work: `miniapp: frames lost while scrolling ${lines.toLocaleString("en")} lines at ${SPEED} px/s, CPU 4 × slower`,
      ours: `${(ours * 100).toFixed(1)} %`,
      peer: `rows without a program ${(bare * 100).toFixed(1)} %; goal 5 %`,
      ratio: ours / 0.05,
      goal: { at: "most", ratio: 1 },
    },
  ];
}

/** The share of frames that came late, of those that there was time for. */
async function scroll(page: Page, session: CDPSession): Promise<number> {
  await page.bringToFront();
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.waitForTimeout(300);
  await page.evaluate(watchFrames);
  for (let count = 0; count < DRAGS; count += 1) await drag(session);
  const moved = await page.evaluate(() => window.scrollY);
  if (moved < DISTANCE * 0.9) throw new Error(`the page moved by ${moved} px only`);
  const times = await page.evaluate(() => (window as unknown as { frames: number[] }).frames);
  const intervals = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const lost = intervals.reduce((sum, took) => sum + Math.max(0, Math.round(took / FRAME) - 1), 0);
  return lost / (lost + intervals.length);
}

/** The gestures that the browser can make up by itself move no page here, or bring a mouse with them. */
async function drag(session: CDPSession): Promise<void> {
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", y: number) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: type === "touchEnd" ? [] : [{ x: 150, y }],
    });
  await touch("touchStart", DRAG.from);
  const begin = performance.now();
  for (let step = 1; step <= DRAG.steps; step += 1) {
    await sleep(Math.max(0, begin + step * FRAME - performance.now()));
    await touch("touchMove", DRAG.from - step * DRAG.step);
  }
  await touch("touchEnd", 0);
}

/** Runs in the page. */
function watchFrames(): void {
  const frames: number[] = [];
  const next = (time: number) => {
    if (frames !== (window as unknown as { frames: number[] }).frames) return;
    if (frames.at(-1) !== time) frames.push(time);
    requestAnimationFrame(next);
  };
  Object.assign(window, { frames });
  requestAnimationFrame(next);
}

async function openPlain(beside: Page): Promise<{ page: Page; session: CDPSession }> {
  const page = await beside.context().newPage();
  const rows = Array.from({ length: 400 }, (_, index) => `<li>Работа № ${index} 12 м² × 100</li>`);
  await page.setContent(
    `<style>li { height: 92px; list-style: none; contain: strict }</style><ol>${rows.join("")}</ol>`,
  );
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  return { page, session };
}
