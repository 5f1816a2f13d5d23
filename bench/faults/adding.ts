import { setTimeout as sleep } from "node:timers/promises";
import type { Message } from "grammy/types";
import { formatEstimateNumber } from "../../domain/estimate/number.ts";
import type { Id } from "../../domain/ids.ts";
import type { Journal } from "./dialogue.ts";
import { GaveUp, PATIENCE, TRIES, wordsOf } from "./patience.ts";
import type { Person, Stage } from "./stage.ts";

/** A line whose estimate's card the chat has shown in place of the line's preview. */
export interface ShownLine {
  readonly lineName: string;
  /** The card as it is on the screen now. */
  readonly card: () => string;
}

const ADD = "✅ Добавить 1 строку";
const CARD = /^СМ-\d{4}-\d{4} · черновик/;
/** Telegram's own server forgets a press after 150 s; what was done by then may still be committed. */
const LONGEST_COMMIT = 200_000; // ms
const LOOK = 20; // ms

let lineNumber = 0;

/** A name without figures: these would be read as quantities. */
function inLetters(number: number): string {
  return Array.from(String(number), (digit) => "абвгдежзик"[Number(digit)]).join("");
}

/** Who gets no answer waits until the chat is calm and begins anew, with another line. */
export async function addInChat(
  { telegram }: Stage,
  person: Person,
  journal: Pick<Journal, "repeats">,
): Promise<ShownLine> {
  const step = async (act: () => unknown, ...words: string[]): Promise<void> => {
    act();
    const isAnswer = ({ text = "" }: Message) => words.every((word) => text.includes(word));
    await person.waitFor(isAnswer, { limitMs: PATIENCE });
  };
  for (let attempt = 1; ; attempt += 1) {
    lineNumber += 1;
    const lineName = `Стяжка ${inLetters(lineNumber)}`;
    try {
      await step(() => person.command("new"), "Для какого объекта смета?");
      await step(() => person.press("Без объекта"), "Пришлите работы");
      await step(() => person.sendText(`${lineName} 10 м2 900`), "Понятно", `${lineName} `);
      return { lineName, card: await pressAdd(person, lineName) };
    } catch (error) {
      if (attempt === TRIES) throw new GaveUp(wordsOf(error));
      journal.repeats += 1;
      const deadline = performance.now() + PATIENCE;
      while (telegram.updates.pending().length > 0 && performance.now() < deadline)
        await sleep(100);
    }
  }
}

/**
 * Presses the button of this line's own preview, until the card stands there. When the update comes again
 * after a crash, another preview stands below, and the button of the first one belongs to nothing.
 */
async function pressAdd(person: Person, lineName: string): Promise<() => string> {
  const pressed = new Set<number>();
  const textOf = (id: number) =>
    person.messages().find((message) => message.message_id === id)?.text ?? "";
  for (const end = performance.now() + PATIENCE; performance.now() < end; await sleep(LOOK)) {
    const preview = person.messages().findLast((message) => isPreview(person, message, lineName));
    if (preview && !pressed.has(preview.message_id)) {
      pressed.add(preview.message_id);
      person.press(ADD, { message: preview });
    }
    const shown = [...pressed].find((id) => CARD.test(textOf(id)));
    if (shown !== undefined) return () => textOf(shown);
  }
  throw new Error(`no card of «${lineName}»:\n${person.transcript()}`);
}

function isPreview(person: Person, message: Message, lineName: string): boolean {
  const { text = "" } = message;
  return text.includes(`${lineName} `) && person.buttons(message).flat().includes(ADD);
}

/**
 * The bot answers just before its transaction commits. When it is cut off in between, the update comes
 * again and does it then: so the estimate may be there a moment after the answer, but must be, and must be
 * the one that the card names.
 */
export async function findShown({ database }: Stage, shown: ShownLine): Promise<Id> {
  const { lineName, card } = shown;
  for (const deadline = Date.now() + LONGEST_COMMIT; Date.now() < deadline; await sleep(100)) {
    await database.ready();
    const [row] = await database.sql<{ id: string; year: number; sequence: number }[]>`
      select estimates.id, estimates.number_year as year, estimates.number_sequence as sequence
      from estimate_lines as lines
      join estimates
        on estimates.company_id = lines.company_id and estimates.id = lines.estimate_id
      where lines.name = ${lineName}
    `;
    if (!row) continue;
    const number = formatEstimateNumber(row.year, row.sequence);
    if (!card().includes(number)) {
      throw new Error(`«${lineName}» is in ${number}, but the chat shows: ${card()}`);
    }
    return row.id;
  }
  throw new Error(`the chat said that «${lineName}» is added, but it is not: ${card()}`);
}
