import type { Message } from "grammy/types";
import type { Id } from "../../domain/ids.ts";
import { newId } from "../../server/new_id.ts";
import { addInChat, findShown } from "./adding.ts";
import { GaveUp, TRIES, wordsOf } from "./patience.ts";
import type { Member, Person, Stage } from "./stage.ts";

/** What somebody was told has happened: it must be there, once, whatever happened around it. */
export interface Journal {
  /** Names of lines that the chat said were added. */
  readonly added: { lineName: string }[];
  readonly changes: { estimateId: Id; changeId: Id }[];
  readonly submitted: { estimateId: Id; revisionId: Id }[];
  readonly approved: { estimateId: Id; revisionId: Id }[];
  /** Chats that saw the file they had ordered. */
  readonly files: { estimateId: Id }[];
  /** How often a person had to do something again because nothing came. */
  repeats: number;
  /** When a person or a program last was told that something is done. `performance.now()` */
  readonly acknowledgedAt: number[];
}

export function createJournal(): Journal {
  return {
    added: [],
    changes: [],
    submitted: [],
    approved: [],
    files: [],
    repeats: 0,
    acknowledgedAt: [],
  };
}

/** A file is made by a process that may be a long way behind. */
const PATIENCE_FOR_FILES = 90_000; // ms

/**
 * One estimate on its way: made in the chat, edited by a program, printed, submitted and approved. Each
 * step goes on only after the one before was acknowledged, and does it again when nobody answers.
 */
export async function leadEstimate(
  stage: Stage,
  foreman: Member,
  journal: Journal,
  { withFile }: { readonly withFile: boolean },
): Promise<void> {
  const note = (): void => void journal.acknowledgedAt.push(performance.now());
  const shown = await addInChat(stage, foreman.person, journal);
  journal.added.push({ lineName: shown.lineName });
  note();
  const estimateId = await findShown(stage, shown);
  await edit(foreman, estimateId, journal, note);
  if (withFile) {
    await repeatUntilFile(journal, foreman.person, () => foreman.person.press("📄 PDF"), hasFile);
    journal.files.push({ estimateId });
    note();
  }
  const revisionId = await submit(foreman, estimateId);
  journal.submitted.push({ estimateId, revisionId });
  note();
  const approving = { revisionId };
  const { status, body } = await stage.manager.door.call(
    "POST",
    `/estimates/${estimateId}/approve`,
    approving,
  );
  // 409: the answer to the first request was lost on its way.
  if (status !== 200 && status !== 409) throw new Error(`not approved: ${JSON.stringify(body)}`);
  journal.approved.push({ estimateId, revisionId });
  note();
}

const hasFile = (message: Message): boolean => message.document !== undefined;

async function repeatUntilFile(
  journal: Journal,
  person: Person,
  act: () => unknown,
  isAnswer: (message: Message) => boolean,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      act();
      await person.waitFor(isAnswer, { limitMs: PATIENCE_FOR_FILES });
      return;
    } catch (error) {
      if (attempt === TRIES) throw new GaveUp(wordsOf(error));
      journal.repeats += 1;
    }
  }
}

/** Two lines and a title, as the Mini App sends them. */
async function edit(
  { door }: Member,
  estimateId: Id,
  journal: Journal,
  note: () => void,
): Promise<void> {
  const lines = ["Грунтовка", "Уголок"].map((name, index) => ({
    id: newId(),
    type: "line.add",
    line: { ...BLANK_LINE, id: newId(), position: `a${index + 1}`, name },
  }));
  const title = { id: newId(), type: "estimate.set", set: { title: "Ленина, 12" } };
  for (const change of [...lines, title]) {
    const path = `/estimates/${estimateId}/changes`;
    const batch = { baseVersion: null, changes: [change] };
    const { status, body } = await door.call("POST", path, batch);
    if (status !== 200) throw new Error(`not changed: ${status} ${JSON.stringify(body)}`);
    journal.changes.push({ estimateId, changeId: change.id });
    note();
  }
}

export const BLANK_LINE = {
  sectionId: null,
  kind: "material",
  unit: "шт",
  quantity: "3.3333333",
  quantityFormula: "",
  price: "99.99",
  cost: null,
  isOptional: false,
  isChosen: false,
  priceSource: "typed",
  note: "",
  internalNote: "",
} as const;

async function submit({ door }: Member, estimateId: Id): Promise<Id> {
  const request = { audience: "manager", acceptWarnings: true };
  const { status, body } = await door.call("POST", `/estimates/${estimateId}/submit`, request);
  const revision = body["revision"] as { id?: string } | undefined;
  if ((status !== 200 && status !== 409) || !revision?.id) {
    throw new Error(`not submitted: ${status} ${JSON.stringify(body)}`);
  }
  return revision.id;
}
