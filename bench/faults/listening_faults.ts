import { setTimeout as sleep } from "node:timers/promises";
import { changeNote, createEstimate } from "./door.ts";
import { type Fault, until, type Work } from "./fault.ts";
import { type LiveClient, openLiveClient } from "./live_client.ts";
import type { Stage } from "./stage.ts";

/** How a process names the connection on which it listens. */
const LISTENING = "smetka listen";
/** A half-open connection must have been noticed by then. */
const NOTICED = 15_000; // ms

/** What happens to the connection by which processes tell each other. */
export const listeningFaults: readonly Fault[] = [
  {
    id: "9a",
    name: "the connection that listens is cut, again and again",
    isShort: true,
    run: (stage, work) =>
      withListener(stage, work, async (tell) => {
        let cuts = 0;
        for (let round = 0; round < 5; round += 1) {
          cuts += stage.database.wire.cutWhere(LISTENING);
          await tell();
          await sleep(stage.random.between(0, 300));
        }
        return `${cuts} cuts`;
      }),
  },
  {
    id: "9b",
    name: "the connection that listens is half-open: nothing passes and nobody closes it",
    isShort: false,
    run: (stage, work) =>
      withListener(stage, work, async (tell) => {
        if (stage.database.wire.freeze(LISTENING) === 0) throw new Error("nobody listens");
        const seconds = await tell();
        return `noticed, and what was missed told, after ${seconds.toFixed(1)} s`;
      }),
  },
];

/**
 * A page watches an estimate on one process while another process changes it. `tell` makes a change and
 * returns after how many seconds the page knew of it.
 */
async function withListener(
  stage: Stage,
  { journal }: Work,
  breaking: (tell: () => Promise<number>) => Promise<string>,
): Promise<string> {
  const [foreman] = stage.foremen;
  if (!foreman) throw new Error("nobody works here");
  await stage.start("web 2");
  const other = foreman.doorAt(stage.urlOf("web 2"));
  const { id: estimateId, version } = await createEstimate(other);
  const token = await foreman.door.token();
  const page = openLiveClient({ url: stage.urlOf("web"), token, estimateId, version });
  try {
    await until("the page is signed in", () => page.isReady());
    const words = await breaking(async () => {
      const change = await changeNote(other, estimateId);
      journal.changes.push(change);
      const start = performance.now();
      await until("the page knows of it", () => page.versions.includes(change.version), {
        limit: NOTICED,
      });
      return (performance.now() - start) / 1000;
    });
    demandEach(page, version);
    return words;
  } finally {
    page.close();
    await stage.end("web 2", "SIGTERM");
  }
}

/** Every version after this one was told, in order and once. */
export function demandEach(page: LiveClient, since: number): void {
  page.versions.forEach((version, index) => {
    const expected = since + index + 1;
    if (version !== expected) throw new Error(`version ${version} was told instead of ${expected}`);
  });
}
