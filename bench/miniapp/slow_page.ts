import type { CDPSession, Page } from "playwright-core";

/** As Chromium's own tools simulate a network. */
export interface Network {
  readonly name: string;
  /** Bits a second. */
  readonly rate: number;
  /** Milliseconds from a request to the first byte of its answer. */
  readonly latency: number;
}

export const FAST_3G: Network = { name: "fast 3G", rate: 1_600_000, latency: 150 };
export const SLOW: Network = { name: "slow network", rate: 400_000, latency: 400 };

/** How many times slower than this machine a phone is. */
const SLOWNESS = 4;

export interface Slowness {
  readonly network?: Network;
  /** Times; without it as a phone. */
  readonly processor?: number;
}

/** Makes a page as slow as a phone, before or after it went somewhere. */
export async function slowDown(page: Page, slowness: Slowness = {}): Promise<CDPSession> {
  const { network, processor = SLOWNESS } = slowness;
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await session.send("Emulation.setCPUThrottlingRate", { rate: processor });
  if (!network) return session;
  const bytes = network.rate / 8;
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: network.latency,
    downloadThroughput: bytes,
    uploadThroughput: bytes,
  });
  return session;
}

/** Milliseconds of the processor that the page's main thread has used, slowness included. */
export async function readMainThread(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1000;
}

/** Keeps in `window.shownAt` when the first frame with an element of this selector was painted. */
export async function markPaint(page: Page, selector: string): Promise<void> {
  await page.addInitScript(watchForPaint, selector);
}

/** Milliseconds from the navigation to the paint that `markPaint` waits for. */
export async function readPaint(page: Page): Promise<number> {
  const found = await page.waitForFunction(
    () => (window as unknown as { shownAt?: number }).shownAt,
    null,
    { timeout: 60_000, polling: 50 },
  );
  return (await found.jsonValue()) ?? Number.NaN;
}

/** Runs in the page. A task behind a frame's callbacks is behind its paint, too. */
function watchForPaint(selector: string): void {
  const observer = new MutationObserver(() => {
    if (!document.querySelector(selector)) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      setTimeout(() => Object.assign(window, { shownAt: performance.now() }));
    });
  });
  observer.observe(document, { childList: true, subtree: true });
}
