import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "../../server/new_id.ts";
import { countClients, createClient } from "./clients.ts";
import { type Fault, until } from "./fault.ts";
import { startProxy } from "./proxy.ts";
import { restart, type Stage } from "./stage.ts";

const REQUESTS = 10;
/** Of the wire to the web process: an answer is on its way for so long. */
const LATENCY = 300; // ms

/** A process dies after it did something and before it could tell so. */
export const betweenFaults: readonly Fault[] = [
  {
    id: "2a",
    name: "kill -9 of the worker after the CRM made a deal, before its answer",
    isShort: false,
    run: async (stage, { during }) => {
      const times = few(stage);
      for (let time = 0; time < times; time += 1) {
        // Long enough to die in.
        const fault = { kind: "commitThenDelay", milliseconds: 3000 } as const;
        stage.portal.faults.add({ on: "crm.item.add", fault });
        await during(until("a deal was made", () => stage.portal.faults.pending() === 0));
        await sleep(stage.random.between(0, 200));
        await restart(stage, "worker");
      }
      return `${times} kills`;
    },
  },
  {
    id: "2b",
    name: "kill -9 of the worker at the moment when Telegram shows a message",
    isShort: false,
    run: async (stage, { during }) => {
      const times = few(stage);
      for (let time = 0; time < times; time += 1) {
        const before = stage.messagesOfManager();
        await during(
          until("a notice came", () => stage.messagesOfManager() > before, { pause: 1 }),
        );
        await restart(stage, "worker");
      }
      return `${times} kills`;
    },
  },
  {
    id: "3b",
    name: "kill -9 of the web process between a commit and its answer; the program repeats itself",
    isShort: false,
    run: async (stage) => {
      const times = few(stage);
      let replayed = 0;
      for (let time = 0; time < times; time += 1) replayed += await repeatThroughDeath(stage);
      return `${times} kills, ${times * REQUESTS} requests with an Idempotency-Key, ${replayed} of them were done already`;
    },
  },
];

/** Some of the kills of the whole run. */
function few({ kills }: Stage): number {
  return Math.max(1, Math.ceil(kills / 10));
}

/** Clients made through a slow wire; the process dies when the first is there. Returns how many were. */
async function repeatThroughDeath(stage: Stage): Promise<number> {
  const { port } = new URL(stage.urlOf("web"));
  const wire = await startProxy({ host: "127.0.0.1", port: Number(port) });
  const token = await stage.manager.door.token();
  const names = Array.from({ length: REQUESTS }, () => `Заказчик ${newId()}`);
  const ask = (name: string, url: string) => createClient(url, token, name);
  try {
    wire.setLatency(LATENCY);
    const lost = names.map((name) => ask(name, `http://127.0.0.1:${wire.port}`).catch(() => null));
    await until("a client was made", async () => (await countClients(stage, names)) > 0, {
      pause: 1,
    });
    await stage.end("web", "SIGKILL");
    await Promise.all(lost);
    const known = await countClients(stage, names);
    await stage.start("web");
    const answers = await Promise.all(names.map((name) => ask(name, stage.urlOf("web"))));
    const refused = answers.filter(({ status }) => status !== 201);
    if (refused.length > 0) throw new Error(`repeated and refused: ${refused[0]?.status}`);
    const again = await Promise.all(names.map((name) => ask(name, stage.urlOf("web"))));
    const differing = again.filter(({ body }, index) => body !== answers[index]?.body);
    if (differing.length > 0) throw new Error(`${differing.length} other answers to the same key`);
    const count = await countClients(stage, names);
    if (count !== names.length) throw new Error(`${count} clients of ${names.length} keys`);
    return known;
  } finally {
    await wire.close();
  }
}
