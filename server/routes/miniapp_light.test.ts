import type { Page, Request, WebSocket } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Id } from "../../domain/ids.ts";
import { packId } from "../../domain/ids.ts";
import { LIVE_HEARTBEAT } from "../../domain/live.ts";
import { BROWSER_PATIENCE, createStage, type Stage, type StagePerson } from "./testing_browser.ts";
import { listLong, makeEstimate } from "./testing_estimates.ts";

/*
 * What `npm run bench` measures with a clock hangs on these, which need none: little is sent, and a key
 * touches little of the page. That few rows are in it and that the files are small stands in the tests beside.
 */

const LINES = 5000;
const LONG = { timeout: 20_000 };

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let person: StagePerson;
let shortId: Id;
let longId: Id;

beforeAll(async () => {
  stage = await createStage({ isLive: true });
  person = await stage.newPerson();
  shortId = await makeEstimate(stage.work.asActor, person.actor);
  longId = await makeEstimate(stage.work.asActor, person.actor, listLong(LINES));
});

afterAll(() => stage?.close());

interface Traffic {
  readonly requests: Request[];
  /** Frames of the socket. */
  readonly said: string[];
  readonly heard: string[];
}

function listen(page: Page): Traffic {
  const traffic: Traffic = { requests: [], said: [], heard: [] };
  page.on("request", (request) => traffic.requests.push(request));
  page.on("websocket", (socket: WebSocket) => {
    socket.on("framesent", ({ payload }) => traffic.said.push(String(payload)));
    socket.on("framereceived", ({ payload }) => traffic.heard.push(String(payload)));
  });
  return traffic;
}

async function openListening(): Promise<{ page: Page; traffic: Traffic }> {
  let traffic: Traffic | undefined;
  const page = await stage.open(person, {
    startParam: `e_${packId(shortId)}`,
    prepare: async (fresh) => {
      await fresh.clock.install();
      traffic = listen(fresh);
    },
  });
  if (!traffic) throw new Error("not prepared");
  await price(page, 1).waitFor();
  await expect.poll(() => traffic?.heard.some((text) => text.includes("ready")), LONG).toBe(true);
  // Files of later screens, and what those ask for, come after the first paint.
  await page.clock.runFor(5000);
  for (let count = 0; count < traffic.requests.length;) {
    count = traffic.requests.length;
    await Promise.all(traffic.requests.map((request) => request.response()));
    await page.waitForTimeout(1000);
  }
  for (const list of Object.values(traffic) as unknown[][]) list.length = 0;
  return { page, traffic };
}

const price = (page: Page, line: number) =>
  page.getByRole("button", { name: new RegExp(`^Цена, строка ${line}:`) });

const bytes = (texts: readonly string[]) =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** Another one at each attempt, or it would be no change. */
let typed = 1234;

describe("what travels", () => {
  it("for one change is 1 kB at most, there and back", async () => {
    const { page, traffic } = await openListening();
    typed += 1;
    await price(page, 1).click();
    await page.keyboard.type(`${typed},5`);
    // On to the name of the next line, which is read only.
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    // The server tells every window of it, this one too.
    const isTold = () => traffic.heard.some((text) => text.includes(`${typed}.5`));
    await expect.poll(isTold, LONG).toBe(true);
    const [request] = traffic.requests;
    expect(traffic.requests.map((one) => new URL(one.url()).pathname)).toEqual([
      `/api/v1/estimates/${shortId}/changes`,
    ]);
    const answer = (await (await request?.response())?.text()) ?? "";
    expect(answer).toContain("version");
    const sent = request?.postData() ?? "";
    expect(bytes([sent, ...traffic.said])).toBeLessThanOrEqual(1000);
    expect(bytes([answer, ...traffic.heard])).toBeLessThanOrEqual(1000);
    await page.context().close();
  });

  it("while nobody does anything is a ping of the socket now and then", async () => {
    const { page, traffic } = await openListening();
    for (let beat = 0; beat < 12; beat += 1) {
      await page.clock.runFor(LIVE_HEARTBEAT);
      // The answer comes in real time, however fast the page's clock goes.
      await expect.poll(() => traffic.heard.length, LONG).toBe(traffic.said.length);
    }
    expect(traffic.requests.map((one) => one.url())).toEqual([]);
    expect(traffic.said.length).toBeGreaterThan(3);
    expect(new Set(traffic.said)).toEqual(new Set([JSON.stringify({ type: "ping" })]));
    await page.context().close();
  });
});

describe("an estimate of 5 000 lines", () => {
  it("changes its own row and the sums with a key, and no other row", async () => {
    const page = await stage.open(person, { startParam: `e_${packId(longId)}` });
    await price(page, 2).click(LONG);
    const before = await page.locator("[data-total]").textContent();
    await page.evaluate(watchRows);
    await page.keyboard.type("4567");
    await expect.poll(() => page.locator("[data-total]").textContent()).not.toBe(before);
    const touched = await page.evaluate(
      () => (window as unknown as { touched: Set<string> }).touched.size,
    );
    // The line, and the head of its section.
    expect(touched).toBe(2);
    await page.context().close();
  });
});

/** Runs in the page: keeps which rows change. */
function watchRows(): void {
  const touched = new Set<string>();
  const list = document.querySelector(".rows");
  if (!list) return;
  const observer = new MutationObserver((records) => {
    for (const { target } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      touched.add(element?.closest("li")?.getAttribute("aria-posinset") ?? "the list");
    }
  });
  observer.observe(list, { subtree: true, childList: true, attributes: true, characterData: true });
  Object.assign(window, { touched });
}
