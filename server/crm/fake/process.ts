import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { programEnvironment } from "../../../db/testing_environment.ts";
import type { FaultRule } from "./faults.ts";
import type { JournalEntry } from "./journal.ts";

export interface FakeProcessSetup {
  service: "bitrix24" | "amocrm";
  seed?: number;
  contacts?: number;
  /** A tenth of the contacts where nothing is said. */
  companies?: number;
  /** Options of the service's fake; functions cannot travel. */
  options?: Readonly<Record<string, unknown>>;
}

/** A fake in a process of its own, in real time: its memory is not that of the program under test. */
export interface FakeProcess {
  url: string;
  /** Bitrix24: the inbound webhook's address. amoCRM: the long-lived token. */
  credential: string;
  invariants(): Promise<unknown>;
  journal(): Promise<{ total: number; entries: JournalEntry[] }>;
  /** Rules whose `on` is a name. */
  addFaults(...rules: FaultRule[]): Promise<void>;
  close(): Promise<void>;
}

export async function startFakeProcess(setup: FakeProcessSetup): Promise<FakeProcess> {
  const child = fork(new URL("./process_main.ts", import.meta.url), {
    execArgv: [],
    env: programEnvironment({}),
  });
  child.send(setup);
  const { url, credential } = await firstMessage(child);
  const ask = async (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`${url}/_fake/${path}`, init);
  return {
    url,
    credential,
    invariants: async () => (await ask("invariants")).json(),
    journal: async () =>
      (await ask("journal")).json() as Promise<{ total: number; entries: JournalEntry[] }>,
    async addFaults(...rules) {
      await ask("faults", { method: "POST", body: JSON.stringify(rules) });
    },
    async close() {
      const exited = once(child, "exit");
      child.kill();
      await exited;
    },
  };
}

async function firstMessage(child: ChildProcess): Promise<{ url: string; credential: string }> {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the fake ended with ${String(code)} before it was ready`);
  });
  const ready = once(child, "message");
  const [message] = (await Promise.race([ready, ended])) as unknown[];
  ended.catch(() => undefined);
  return message as { url: string; credential: string };
}
