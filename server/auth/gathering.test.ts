import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { createGathering } from "./gathering.ts";

/** Answers when told to, and keeps what was asked together. */
function pausing() {
  const asked: (readonly number[])[] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
  const ask = async (questions: readonly number[]): Promise<string[]> => {
    asked.push(questions);
    const pause = Promise.withResolvers<void>();
    waiting.push(pause);
    await pause.promise;
    return questions.map((question) => `answer ${question}`);
  };
  return { ask, asked, next: () => waiting.shift() };
}

it("asks together what is asked in one turn, and gives everybody his own answer", async () => {
  const { ask, asked, next } = pausing();
  const find = createGathering(ask, 10);
  const answers = Promise.all([find(1), Promise.resolve().then(() => find(2)), find(3)]);
  await turn();
  next()?.resolve();
  expect(await answers).toEqual(["answer 1", "answer 2", "answer 3"]);
  expect(asked).toEqual([[1, 3, 2]]);
});

it("asks together what came while an answer was awaited, so many at most", async () => {
  const { ask, asked, next } = pausing();
  const find = createGathering(ask, 2);
  const first = find(1);
  await turn();
  const later = [find(2), find(3), find(4)];
  await turn();
  expect(asked).toEqual([[1]]);
  next()?.resolve();
  expect(await first).toBe("answer 1");
  expect(asked).toEqual([[1], [2, 3]]);
  next()?.resolve();
  await Promise.all(later.slice(0, 2));
  next()?.resolve();
  expect(await Promise.all(later)).toEqual(["answer 2", "answer 3", "answer 4"]);
  expect(asked).toEqual([[1], [2, 3], [4]]);
});

it("fails for those who asked together and for nobody else", async () => {
  const { ask, next } = pausing();
  const find = createGathering(ask, 10);
  const failed = Promise.allSettled([find(1), find(2)]);
  await turn();
  const later = find(3);
  const cause = new Error("connection lost");
  next()?.reject(cause);
  expect(await failed).toEqual([
    { status: "rejected", reason: cause },
    { status: "rejected", reason: cause },
  ]);
  next()?.resolve();
  expect(await later).toBe("answer 3");
  const again = find(4);
  await turn();
  next()?.resolve();
  expect(await again).toBe("answer 4");
});
