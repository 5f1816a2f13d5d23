import type { Page, Request, WebSocket } from "playwright-core";
import { packId } from "../../domain/ids.ts";
import type { Stage } from "../../server/routes/testing_browser.ts";
import { makeEstimate } from "../../server/routes/testing_estimates.ts";
import type { Row } from "../measure.ts";

const IDLE = 70_000; // ms
const CELL = '[data-cell$=":price"]';

/** What travels for one change, and what travels while nobody does anything. */
export async function measureSilence(stage: Stage): Promise<Row[]> {
  const person = await stage.newPerson();
  const estimateId = await makeEstimate(stage.work.asActor, person.actor);
  const seen = createEar();
  const page = await stage.open(person, {
    startParam: `e_${packId(estimateId)}`,
    prepare: async (fresh) => listen(fresh, seen),
  });
  await page.locator(CELL).first().waitFor();
  // Files of later screens, what those ask for, and the greeting of the socket.
  for (let count = 0; count < seen.sent.length;) {
    count = seen.sent.length;
    await page.waitForTimeout(5000);
  }

  forget(seen);
  await page.locator(CELL).first().click();
  await page.keyboard.type("1234,5");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.waitForTimeout(3000);
  const change = { up: sum(seen.sent) + sum(seen.said), down: sum(seen.got) + sum(seen.heard) };
  const requests = seen.sent.length;

  forget(seen);
  await page.waitForTimeout(IDLE);
  const pings = seen.said.filter((text) => text === PING).length;
  const others = seen.sent.length + seen.said.length - pings;
  await page.context().close();
  const most = Math.max(change.up, change.down);
  return [
    {
      work: "miniapp: one change of a price, bodies and frames both ways",
      ours: `${change.up} B up, ${change.down} B down, ${requests} ${requests === 1 ? "request" : "requests"}`,
      peer: "goal 1 000 B",
      ratio: most / 1000,
      goal: { at: "most", ratio: 1 },
    },
    {
      work: `miniapp: an editor left alone for ${IDLE / 1000} s sends`,
      ours: `${others} requests and frames, ${pings} pings`,
      peer: "goal 0 but pings",
      ratio: others,
      goal: { at: "most", ratio: 0 },
    },
  ];
}

const PING = JSON.stringify({ type: "ping" });

/** Bodies and frames in both directions. */
interface Ear {
  readonly sent: string[];
  readonly got: string[];
  readonly said: string[];
  readonly heard: string[];
}

function createEar(): Ear {
  return { sent: [], got: [], said: [], heard: [] };
}

function forget(ear: Ear): void {
  for (const list of Object.values(ear) as string[][]) list.length = 0;
}

function listen(page: Page, ear: Ear): void {
  page.on("request", (request) => ear.sent.push(request.postData() ?? ""));
  page.on("requestfinished", (request) => void hear(request, ear));
  page.on("websocket", (socket: WebSocket) => {
    socket.on("framesent", ({ payload }) => ear.said.push(String(payload)));
    socket.on("framereceived", ({ payload }) => ear.heard.push(String(payload)));
  });
}

async function hear(request: Request, ear: Ear): Promise<void> {
  const response = await request.response();
  const body = await response?.text().catch(() => null);
  if (body) ear.got.push(body);
}

function sum(texts: readonly string[]): number {
  return texts.reduce((size, text) => size + Buffer.byteLength(text), 0);
}
