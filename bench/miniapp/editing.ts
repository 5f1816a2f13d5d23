import type { CDPSession, Page } from "playwright-core";
import { packId } from "../../domain/ids.ts";
import type { Stage } from "../../server/routes/testing_browser.ts";
import { listLong, makeEstimate } from "../../server/routes/testing_estimates.ts";
import type { Row } from "../measure.ts";
import { measureScrolling } from "./scrolling.ts";
import { slowDown } from "./slow_page.ts";
import { measureTyping } from "./typing.ts";

const LINES = 5000;
const EDITS = 1000;
const CELL = '[data-cell$=":price"]';

/** What a long estimate costs while one works in it. */
export async function measureEditing(stage: Stage): Promise<Row[]> {
  const person = await stage.newPerson();
  const estimateId = await makeEstimate(stage.work.asActor, person.actor, listLong(LINES));
  const page = await stage.open(person, { startParam: `e_${packId(estimateId)}` });
  await page.locator(CELL).first().waitFor();
  const session = await slowDown(page);
  const typing = await measureTyping({ page, session }, LINES);
  const scrolling = await measureScrolling(page, session, LINES);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  const memory = await measureMemory(page, session);
  await page.context().close();
  return [...typing, ...scrolling, memory];
}

async function measureMemory(page: Page, session: CDPSession): Promise<Row> {
  await page.evaluate(() => window.scrollTo(0, 0));
  await edit(page, 20);
  const before = await readHeap(page, session);
  await edit(page, EDITS);
  const after = await readHeap(page, session);
  return {
    work: `miniapp: memory after ${EDITS.toLocaleString("en")} edits of an estimate of ${LINES.toLocaleString("en")} lines`,
    ours: `${after.toFixed(1)} MB`,
    peer: `before them ${before.toFixed(1)} MB`,
    ratio: after / before,
    goal: { at: "most", ratio: 1.2 },
  };
}

/** Cell after cell downwards, as a person does, only quicker. */
async function edit(page: Page, count: number): Promise<void> {
  await page.locator(CELL).first().click();
  for (let index = 0; index < count; index += 1) {
    await page.keyboard.type(String(100 + (index % 800)));
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Сохранено" }).waitFor({ timeout: 120_000 });
}

/** Megabytes that stay after everything that can go is gone. */
async function readHeap(page: Page, session: CDPSession): Promise<number> {
  // Writes to the device are on their way for a moment.
  await page.waitForTimeout(3000);
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  return (await session.send("Runtime.getHeapUsage")).usedSize / 1e6;
}
