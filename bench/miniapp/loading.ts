import { gzipSync } from "node:zlib";
import type { CDPSession, Page } from "playwright-core";
import { packId, type Id } from "../../domain/ids.ts";
import { makeEstimate, listLong } from "../../server/routes/testing_estimates.ts";
import type { Stage, StagePerson } from "../../server/routes/testing_browser.ts";
import { median, milliseconds, type Row } from "../measure.ts";
import { type Answer, startFloor } from "./floor.ts";
import {
  FAST_3G,
  markPaint,
  type Network,
  readMainThread,
  readPaint,
  slowDown,
  SLOW,
} from "./slow_page.ts";

const LINES = 100;
const ROUNDS = 5;
/** What a finger needs to begin: a cell of a line. */
const CELL = '[data-cell$=":price"]';

interface Scene {
  readonly stage: Stage;
  readonly person: StagePerson;
  readonly estimateId: Id;
}

/** From the navigation to a cell that can be edited, first and second time, and what is fetched for it. */
export async function measureLoading(stage: Stage): Promise<Row[]> {
  const person = await stage.newPerson();
  const estimateId = await makeEstimate(stage.work.asActor, person.actor, listLong(LINES));
  const scene = { stage, person, estimateId };
  const answers = await readAnswers(scene);
  return [
    sizeRow(answers),
    await measureNavigation(scene, answers, { network: FAST_3G, goal: 2000 }),
    await measureNavigation(scene, answers, { network: SLOW, goal: 6000 }),
    await measureSecondOpening(scene),
  ];
}

function sizeRow(answers: readonly Answer[]): Row {
  const files = answers.filter(({ path }) => /\.(js|css)$/.test(path));
  const size = files.reduce((sum, { gzipped }) => sum + gzipped, 0) / 1000;
  return {
    work: "miniapp: first load of an estimate, JavaScript and CSS gzipped",
    ours: `${size.toFixed(1)} kB in ${files.length} files`,
    peer: "goal 120 kB",
    ratio: size / 120,
    goal: { at: "most", ratio: 1 },
  };
}

async function measureNavigation(
  scene: Scene,
  answers: readonly Answer[],
  { network, goal }: { network: Network; goal: number },
): Promise<Row> {
  const floor = await startFloor(answers);
  const times: Record<"ours" | "cpu" | "bare", number[]> = { ours: [], cpu: [], bare: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const ours = await openFirst(scene, network);
    const bare = await openBare(scene.stage, floor.url, network);
    // The first round warms the server.
    if (round === 0) continue;
    times.ours.push(ours.took);
    times.cpu.push(ours.cpu);
    times.bare.push(bare);
  }
  floor.close();
  const took = median(times.ours);
  return {
    work: `miniapp: navigation → editable estimate of ${LINES} lines, ${network.name}, CPU 4 × slower`,
    ours: `${milliseconds(took)}, of it ${milliseconds(median(times.cpu))} of the processor`,
    peer: `the bare bytes of page, files and estimate ${milliseconds(median(times.bare))}; goal ${goal} ms`,
    ratio: took / goal,
    goal: { at: "most", ratio: 1 },
  };
}

async function openFirst(scene: Scene, network: Network): Promise<{ took: number; cpu: number }> {
  let session: CDPSession | undefined;
  const page = await openEstimate(scene, async (fresh) => {
    await markPaint(fresh, CELL);
    session = await slowDown(fresh, { network });
  });
  const took = await readPaint(page);
  const cpu = session ? await readMainThread(session) : Number.NaN;
  await proveEditable(page);
  await page.context().close();
  return { took, cpu };
}

async function openBare({ browser }: Stage, url: string, network: Network): Promise<number> {
  const page = await (await browser.newContext()).newPage();
  await markPaint(page, "pre");
  await slowDown(page, { network });
  await page.goto(url);
  const took = await readPaint(page);
  await page.context().close();
  return took;
}

async function measureSecondOpening(scene: Scene): Promise<Row> {
  const page = await openEstimate(scene, (fresh) => markPaint(fresh, CELL), true);
  await readPaint(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, {
    timeout: 20_000,
  });
  // What was seen is written a moment later.
  await page.waitForTimeout(1500);
  await slowDown(page);
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    // Ends in an error when the content waits for an answer.
    const held = scene.stage.holdAnswers();
    await page.reload({ waitUntil: "commit" });
    const took = await readPaint(page);
    if (round > 0) times.push(took);
    held.release();
    await page.waitForLoadState("load");
  }
  await page.context().close();
  const took = median(times);
  return {
    work: `miniapp: second opening → editable estimate of ${LINES} lines, every answer of the network held back, CPU 4 × slower`,
    ours: milliseconds(took),
    peer: "goal 0 answers before it",
    ratio: 0,
    goal: { at: "most", ratio: 0 },
  };
}

function openEstimate(
  { stage, person, estimateId }: Scene,
  prepare: (page: Page) => Promise<unknown>,
  keepsShell = false,
): Promise<Page> {
  return stage.open(person, {
    startParam: `e_${packId(estimateId)}`,
    keepsShell,
    prepare: async (page) => void (await prepare(page)),
  });
}

async function proveEditable(page: Page): Promise<void> {
  await page.locator(CELL).first().click();
  await page.locator("input.cell-input").first().waitFor();
}

/** What a first opening asks for until its content is there. */
async function readAnswers(scene: Scene): Promise<Answer[]> {
  const answers: Promise<Answer | null>[] = [];
  const page = await openEstimate(scene, async (fresh) => {
    await markPaint(fresh, CELL);
    fresh.on("response", (response) => {
      const read = async () => {
        const body = await response.body().catch(() => null);
        const { pathname: path } = new URL(response.url());
        const { responseBodySize } = await response.request().sizes();
        return body && { path, size: responseBodySize, gzipped: gzip(body) };
      };
      answers.push(read());
    });
  });
  await readPaint(page);
  const count = answers.length;
  const read = await Promise.all(answers.slice(0, count));
  await page.context().close();
  return read.filter((answer) => answer !== null);
}

function gzip(body: Buffer): number {
  return gzipSync(body, { level: 9 }).length;
}
