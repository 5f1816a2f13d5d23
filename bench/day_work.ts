import { setTimeout as sleep } from "node:timers/promises";
import type { Id } from "../domain/ids.ts";
import { newId } from "../server/new_id.ts";
import type { Bench } from "./database.ts";
import type { DaySize, DayStage, Worker } from "./day_stage.ts";

const PATIENCE = 120_000; // ms
const MANAGERS_PAGES = ["/manager", "/manager/estimates", "/manager/clients", "/manager/crm"];
const RELOAD = 10_000; // ms
const BEGINNERS = 8;

/** What people did, how long each took, and what went wrong. */
export interface Diary {
  readonly times: ReadonlyMap<string, readonly number[]>;
  readonly troubles: readonly string[];
  /** Of changes that were answered with 200. */
  readonly changes: readonly Id[];
}

/** An estimate in the hands of its foreman, who does one thing after another. */
interface Desk {
  readonly foreman: Worker;
  estimateId: Id;
  tag: string;
  turn: Promise<void>;
}

/** Everything is asked for at its own time of the day, whether the one before was answered or not. */
export async function liveThroughDay(bench: Bench, stage: DayStage, size: DaySize): Promise<Diary> {
  const times = new Map<string, number[]>();
  const troubles: string[] = [];
  const changes: Id[] = [];
  const going: Promise<void>[] = [];

  const run = async (kind: string, work: () => Promise<void>): Promise<void> => {
    const start = performance.now();
    try {
      await work();
      times.set(kind, [...(times.get(kind) ?? []), performance.now() - start]);
    } catch (error) {
      troubles.push(`${kind}: ${String(error)}`);
    }
  };
  const ask = createAsking(stage);
  const desks: Desk[] = stage.foremen.map((foreman) => ({
    foreman,
    estimateId: "",
    tag: "",
    turn: Promise.resolve(),
  }));
  const atDesk = (index: number, kind: string, work: (desk: Desk) => Promise<void>): void => {
    const desk = desks[index % desks.length];
    if (!desk) return;
    desk.turn = desk.turn.then(() => run(kind, () => work(desk)));
    going.push(desk.turn);
  };

  const spread = async (count: number, act: (index: number) => void): Promise<void> => {
    const start = performance.now();
    for (let index = 0; index < count; index += 1) {
      const wait = start + (index * size.length) / count - performance.now();
      if (wait > 0) await sleep(wait);
      act(index);
    }
  };

  // Before the day begins, a few at a time: numbers of estimates are given one after another.
  const waiting = [...desks];
  const begin = async (): Promise<void> => {
    for (let desk = waiting.pop(); desk; desk = waiting.pop()) {
      const begun = desk;
      await run("API: a new estimate", async () => {
        const { body } = await ask(begun.foreman, "POST", "/estimates", { projectId: null });
        begun.estimateId = String(body["id"]);
      });
    }
  };
  await Promise.all(Array.from({ length: BEGINNERS }, begin));

  await Promise.all([
    spread(size.changes, (index) =>
      atDesk(index, "API: one change", async ({ foreman, estimateId }) => {
        const change = lineAdded(index);
        const batch = { baseVersion: null, changes: [change] };
        await ask(foreman, "POST", `/estimates/${estimateId}/changes`, batch);
        changes.push(change.id);
      }),
    ),
    spread(Math.round(size.changes / 5), (index) =>
      atDesk(index, "API: the estimate, often unchanged", async (desk) => {
        const path = `/estimates/${desk.estimateId}`;
        const { tag } = await ask(desk.foreman, "GET", path, null, desk.tag);
        desk.tag = tag;
      }),
    ),
    spread(size.foremen, (index) =>
      atDesk(index, "chat: a command and its answer", async ({ foreman: { person } }) => {
        person.command("start");
        await person.waitFor(/./, { limitMs: PATIENCE });
      }),
    ),
    spread(size.files, (index) =>
      atDesk(index, "a PDF, from the order to the chat", async ({ foreman, estimateId }) => {
        const path = `/estimates/${estimateId}/documents/pdf`;
        const { body } = await ask(foreman, "POST", path);
        await untilSent(bench, stage.companyId, String(body["id"]));
      }),
    ),
    spread(Math.round((size.pages * size.length) / RELOAD), (index) => {
      going.push(run("the manager's page", () => openPage(stage, index)));
    }),
    approveInTheEvening(),
  ]);
  await Promise.all(going);
  return { times, troubles, changes };

  /** In the second half of the day estimates go to the managers, who approve them. */
  async function approveInTheEvening(): Promise<void> {
    await sleep(size.length / 2);
    const start = performance.now();
    for (let index = 0; index < size.submitted; index += 1) {
      const wait = start + (index * size.length) / 2 / size.submitted - performance.now();
      if (wait > 0) await sleep(wait);
      const manager = stage.managers[index % stage.managers.length];
      if (!manager) return;
      // The estimates of the last foremen: nothing is added to them afterwards.
      atDesk(index, "API: submitted, approved", async ({ foreman, estimateId }) => {
        const id = await copyOf(foreman, estimateId);
        const request = { audience: "manager", acceptWarnings: true };
        const { body } = await ask(foreman, "POST", `/estimates/${id}/submit`, request);
        const revision = body["revision"] as { id: string };
        await ask(manager, "POST", `/estimates/${id}/approve`, { revisionId: revision.id });
      });
    }
  }

  /** The day goes on with the estimate itself: what is agreed upon is a copy. */
  async function copyOf(foreman: Worker, estimateId: Id): Promise<string> {
    const { body } = await ask(foreman, "POST", `/estimates/${estimateId}/duplicate`);
    return String(body["id"]);
  }
}

function lineAdded(index: number) {
  return {
    id: newId(),
    type: "line.add",
    line: {
      id: newId(),
      sectionId: null,
      position: `a${index.toString(36).padStart(4, "0")}V`,
      kind: "work",
      name: `Штукатурка стен по маякам, помещение ${index % 40}`,
      unit: "м²",
      quantity: "12.5",
      quantityFormula: "",
      price: "450.00",
      cost: null,
      isOptional: false,
      isChosen: false,
      priceSource: "typed",
      note: "",
      internalNote: "",
    },
  };
}

interface Answer {
  readonly body: Readonly<Record<string, unknown>>;
  readonly tag: string;
}

/** Rejects with everything that is not a success. */
function createAsking({ programs }: DayStage) {
  return async (
    worker: Worker,
    method: string,
    path: string,
    body: object | null = null,
    tag = "",
  ): Promise<Answer> => {
    const answer = await fetch(`${programs.web.url}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${worker.token}`,
        "X-Forwarded-For": addressOf(worker),
        ...(tag === "" ? {} : { "If-None-Match": tag }),
        ...(body ? { "Content-Type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await answer.text();
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return {
      body: text === "" ? {} : (JSON.parse(text) as Answer["body"]),
      tag: answer.headers.get("ETag") ?? "",
    };
  };
}

/** Everybody has a network of his own. */
function addressOf({ person }: Worker): string {
  return `198.51.${Math.floor(person.id / 250) % 250}.${(person.id % 250) + 1}`;
}

async function openPage({ managers, programs }: DayStage, index: number): Promise<void> {
  const manager = managers[index % managers.length];
  if (!manager) return;
  const path = MANAGERS_PAGES[index % MANAGERS_PAGES.length] ?? "/manager";
  const answer = await fetch(programs.web.url + path, {
    headers: { Cookie: `smetka_manager=${manager.cookie}`, "X-Forwarded-For": addressOf(manager) },
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
  });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
}

async function untilSent({ sql }: Bench, companyId: Id, id: Id): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await sleep(50)) {
    const [row] = await sql`
      select status from documents where company_id = ${companyId} and id = ${id}
    `;
    if (row?.["status"] === "sent") return;
    if (row?.["status"] === "failed") throw new Error("the file could not be made");
  }
  throw new Error("the file did not come");
}
