import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Change } from "../../domain/estimate/changes.ts";
import { groupLines } from "../../domain/estimate/estimate.ts";
import { packId } from "../../domain/ids.ts";
import { newId } from "../new_id.ts";
import { revokeSessionsOf } from "../../db/sessions.ts";
import { BROWSER_PATIENCE, createStage, type Stage, type StagePerson } from "./testing_browser.ts";
import { makeEstimate } from "./testing_estimates.ts";

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let owner: StagePerson;
let colleague: StagePerson;
let estimateId: string;

beforeAll(async () => {
  stage = await createStage({ isLive: true });
  owner = await stage.newPerson();
  const { companyId } = owner.actor;
  colleague = await stage.newPerson({ companyId, role: "manager" });
});

beforeEach(async () => {
  estimateId = await makeEstimate(stage.work.asActor, owner.actor);
});

afterAll(() => stage?.close());

const LONG = { timeout: 20_000 };

const price = (page: Page, line: number) =>
  page.getByRole("button", { name: new RegExp(`^Цена, строка ${line}:`) });

/** Opens the estimate in a browser of its own, and counts what its socket hears. */
async function openAs(person: StagePerson) {
  const page = await stage.open(person, { width: 1280, startParam: `e_${packId(estimateId)}` });
  const heard: string[] = [];
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => heard.push(String(payload)));
  });
  await page.reload();
  await page.getByRole("button", { name: /ИТОГО/ }).waitFor();
  const isWatching = async () => {
    await expect.poll(() => heard.some((frame) => frame.includes(estimateId)), LONG).toBe(true);
  };
  return { page, heard, isWatching };
}

async function setPrice(page: Page, line: number, text: string): Promise<void> {
  await price(page, line).click();
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
}

it("shows in one browser what is typed in another, also past a restart and a lost session", async () => {
  const mine = await openAs(owner);
  const theirs = await openAs(colleague);
  await mine.isWatching();
  await theirs.isWatching();

  // What I type stays where it is while the other's change arrives.
  await price(mine.page, 1).click();
  await mine.page.keyboard.type("77");
  await setPrice(theirs.page, 2, "111");
  await expect.poll(() => price(mine.page, 2).innerText(), LONG).toBe("111,00");
  const typed = mine.page.getByRole("textbox", { name: "Цена, строка 1" });
  expect(await typed.inputValue()).toBe("77");
  expect(mine.heard.some((frame) => frame.includes('"kind":"changes"'))).toBe(true);
  await mine.page.keyboard.press("Enter");
  await mine.page.keyboard.press("Escape");
  await expect.poll(() => price(theirs.page, 1).innerText(), LONG).toBe("77,00");

  for (const heard of [mine.heard, theirs.heard]) heard.length = 0;
  await stage.restartSockets();
  await mine.isWatching();
  await theirs.isWatching();
  await setPrice(mine.page, 3, "222");
  await expect.poll(() => price(theirs.page, 3).innerText(), LONG).toBe("222,00");

  theirs.heard.length = 0;
  const { companyId, userId } = colleague.actor;
  await revokeSessionsOf(stage.work.database.sql, companyId, userId);
  await theirs.isWatching();
  await setPrice(mine.page, 4, "333");
  await expect.poll(() => price(theirs.page, 4).innerText(), LONG).toBe("333,00");
  await mine.page.close();
  await theirs.page.close();
});

it("loses no key while acknowledgements and others' changes arrive", async () => {
  const { page, isWatching } = await openAs(owner);
  await isWatching();
  const work = <Result>(run: Parameters<typeof stage.work.asActor<Result>>[1]) =>
    stage.work.asActor(owner.actor, run);
  const lines = () =>
    work(async ({ estimates }) => {
      const { content } = await estimates.content(estimateId);
      return groupLines(content).flatMap((group) => group.lines);
    });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route("**/changes", async (route) => {
    const answer = await route.fetch();
    await released;
    await route.fulfill({ response: answer });
  });
  // On its way for as long as the next cell is being typed into.
  const acknowledged = page.waitForResponse("**/changes");
  await setPrice(page, 1, "4321");
  await price(page, 2).click();
  await page.keyboard.type("56");
  const lineId = (await lines())[1]?.id ?? "";
  for (const [name, key] of [
    ["Раз", "7"],
    ["Два", "8"],
  ] as const) {
    const change: Change = { id: newId(), type: "line.set", lineId, set: { name } };
    await work(({ estimates }) =>
      estimates.change(estimateId, { baseVersion: null, changes: [change], source: "bot" }),
    );
    if (key === "7") {
      release();
      await acknowledged;
    }
    await page.getByText(name, { exact: true }).waitFor(LONG);
    await page.keyboard.type(key);
  }
  await page.keyboard.press("Enter");
  await expect
    .poll(async () => (await lines()).slice(0, 2).map((line) => line.price), LONG)
    .toEqual([432_100n, 567_800n]);
  await page.close();
});
