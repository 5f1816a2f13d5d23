import { setTimeout as sleep } from "node:timers/promises";
import { generateKeyBetween } from "fractional-indexing";
import type { Change } from "../../domain/estimate/changes.ts";
import { encodeContent } from "../../domain/estimate/estimate.ts";
import type { Id } from "../../domain/ids.ts";
import { createApi } from "../../miniapp/src/api.ts";
import {
  createEstimateStore,
  type EstimateStore,
  type Keeper,
} from "../../miniapp/src/estimate/estimate_store.ts";
import { createTransport } from "../../miniapp/src/estimate/transport.ts";
import { readChange } from "../../miniapp/src/estimate/wire.ts";
import { newId } from "../../server/new_id.ts";
import { BLANK_LINE } from "./dialogue.ts";
import { createEstimate, type Door } from "./door.ts";
import { type Fault, until } from "./fault.ts";
import { isSame } from "./invariants.ts";
import type { Stage } from "./stage.ts";

const ROUNDS = 4;
const EDITS = 6;
/** Of the requests that reach the server, so many lose their answer. */
const LOST_ANSWERS = 0.2;

/** The Mini App's own editor, in two windows without a network. */
export const editorFaults: readonly Fault[] = [
  {
    id: "28",
    name: "two editors of the Mini App work offline and come back in any order",
    isShort: true,
    run: async (stage, { journal }) => {
      const [foreman] = stage.foremen;
      if (!foreman) throw new Error("nobody works here");
      const { id } = await createEstimate(foreman.door);
      const editors = [
        await openEditor(stage, foreman.door, id),
        await openEditor(stage, foreman.door, id),
      ];
      const made: Id[] = [];
      try {
        for (let round = 0; round < ROUNDS; round += 1) {
          for (const editor of editors) editor.setOnline(false);
          for (const editor of editors) made.push(...editSome(stage, editor.store));
          for (const editor of stage.random.shuffle(editors)) {
            editor.setOnline(true);
            await sleep(stage.random.between(0, 400));
          }
        }
        await until(
          () => `both agree with the server: ${editors.map(tell).join("; ")}`,
          async () => {
            for (const { store } of editors) store.retry();
            return areSame(stage, id, editors);
          },
          { pause: 300 },
        );
      } finally {
        for (const { store } of editors) store.stop();
      }
      // What clashed and was decided for the other is in the log all the same.
      journal.changes.push(...made.map((changeId) => ({ estimateId: id, changeId })));
      return `${made.length} changes in ${ROUNDS} rounds, both windows and the server equal`;
    },
  },
];

/** These windows are not closed. */
const FORGETFUL: Keeper = {
  keepSnapshot: () => undefined,
  keepHead: () => undefined,
  keepLog: () => undefined,
  keepChanges: () => undefined,
  dropChanges: () => undefined,
};

interface Editor {
  readonly store: EstimateStore;
  setOnline(isOnline: boolean): void;
}

async function openEditor(stage: Stage, door: Door, id: Id): Promise<Editor> {
  const token = await door.token();
  let isOnline = true;
  const reach: typeof fetch = async (input, init) => {
    if (!isOnline) throw new TypeError("no network");
    const headers = new Headers(init?.headers);
    headers.set("Authorization", `Bearer ${token}`);
    const path =
      typeof input === "string" ? input : new URL(input instanceof URL ? input : input.url);
    const answer = await fetch(new URL(path, stage.urlOf("web")), { ...init, headers });
    if (stage.random.between(0, 1) < LOST_ANSWERS) throw new TypeError("the answer is lost");
    return answer;
  };
  const transport = createTransport(createApi({ fetch: reach }), id);
  const loaded = await insist(() => transport.load());
  const store = createEstimateStore({
    snapshot: { head: loaded.head, version: loaded.head.version, base: loaded.content },
    pending: [],
    transport,
    newId,
    after: (milliseconds, callback) => void setTimeout(callback, milliseconds),
    keeper: FORGETFUL,
  });
  return {
    store,
    setOnline: (value) => {
      isOnline = value;
      if (value) store.retry();
    },
  };
}

function tell({ store }: Editor): string {
  const { status, waiting } = store.getState();
  return `${status.kind}, ${waiting} waiting, version ${store.version()}`;
}

async function insist<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(250);
    }
  }
}

/** Lines are added, changed and removed; the title is fought over. */
function editSome({ random }: Stage, store: EstimateStore): Id[] {
  const made: Id[] = [];
  for (let edit = 0; edit < EDITS; edit += 1) {
    const change = someChange(random.between(0, 1), store);
    made.push(change.id);
    store.change([change]);
  }
  return made;
}

function someChange(choice: number, store: EstimateStore): Change {
  const id = newId();
  const lines = [...store.getState().content.lines.values()];
  const line = lines[Math.floor(choice * 997) % Math.max(1, lines.length)];
  if (choice < 0.2) return { id, type: "estimate.set", set: { title: `Ленина, ${id.slice(-4)}` } };
  if (choice < 0.4 && line) return { id, type: "line.remove", lineId: line.id };
  if (choice < 0.7 && line) {
    return { id, type: "line.set", lineId: line.id, set: { note: id.slice(-6) } };
  }
  const last = lines.reduce((most, { position }) => (position > most ? position : most), "");
  const position = generateKeyBetween(last === "" ? null : last, null);
  const added = { ...BLANK_LINE, id: newId(), position, name: "Грунтовка" };
  return readChange({ id, type: "line.add", line: added });
}

async function areSame({ database, companyId }: Stage, id: Id, editors: readonly Editor[]) {
  const [row] = await database.sql<{ version: number }[]>`
    select version from estimates where company_id = ${companyId} and id = ${id}
  `;
  const states = editors.map(({ store }) => store.getState());
  const [first] = states;
  return (
    states.every(({ waiting, status }) => waiting === 0 && status.kind === "saved") &&
    editors.every(({ store }) => store.version() === row?.version) &&
    states.every(
      ({ content }) => first && isSame(encodeContent(content), encodeContent(first.content)),
    )
  );
}
