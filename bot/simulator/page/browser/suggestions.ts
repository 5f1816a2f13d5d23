import type { BotCommand, InlineQueryResult } from "grammy/types";
import { fill, h } from "./dom.ts";
import type { Phone } from "./phone.ts";
import { act } from "./requests.ts";

export type Suggestions = {
  readonly element: HTMLElement;
  /** Called when the text has changed. */
  update(): void;
  toggleCommands(): void;
  hide(): void;
  onInlineResults(queryId: string, results: InlineQueryResult[]): void;
};

const inlineDelayMs = 300;

/** What rises above the input: the bot's commands after «/», results of inline mode after «@bot ». */
export function createSuggestions(
  phone: Phone,
  chatKey: string,
  input: HTMLTextAreaElement,
  send: () => void,
): Suggestions {
  const { model, personId } = phone;
  const element = h("div", { class: "suggestions", hidden: true });
  let waitingFor: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function update(): void {
    clearTimeout(timer);
    waitingFor = null;
    const inline = inlineQuery();
    if (inline !== null) {
      timer = setTimeout(() => void askBot(inline), inlineDelayMs);
      return;
    }
    const typed = /^\/(\w*)$/.exec(input.value)?.[1];
    if (typed === undefined) hide();
    else showCommands(typed);
  }

  function inlineQuery(): string | null {
    const name = model.bot().username.toLowerCase();
    const found = /^@(\w+)\s(.*)$/s.exec(input.value);
    return found !== null && found[1]?.toLowerCase() === name ? (found[2] ?? "") : null;
  }

  async function askBot(query: string): Promise<void> {
    const asked = await act<{ queryId: string }>(personId, "inline", { query });
    waitingFor = asked?.queryId ?? null;
  }

  function onInlineResults(queryId: string, results: InlineQueryResult[]): void {
    // The answer may be quicker than the reply to the question.
    if (inlineQuery() === null || (waitingFor !== null && waitingFor !== queryId)) return;
    const rows = results.map((result) => viewResult(queryId, result));
    show(rows.length > 0 ? rows : [h("p", { class: "suggestion-empty" }, "Ничего не найдено")]);
  }

  function viewResult(queryId: string, result: InlineQueryResult): HTMLElement {
    const title = "title" in result && result.title !== undefined ? result.title : "Без названия";
    const note = "description" in result ? (result.description ?? "") : "";
    const choose = async () => {
      input.value = "";
      input.dispatchEvent(new Event("input"));
      hide();
      const sent = await act(personId, "choose", { queryId, resultId: result.id, chatKey });
      if (sent === null) phone.toast("Не получилось отправить");
    };
    return h(
      "button",
      { class: "suggestion", type: "button", on: { click: () => void choose() } },
      h("strong", {}, title),
      h("span", {}, note),
    );
  }

  function showCommands(prefix: string): void {
    const commands = model.chat(personId, chatKey)?.commands ?? [];
    const fitting = commands.filter(({ command }) => command.startsWith(prefix.toLowerCase()));
    if (fitting.length === 0) hide();
    else show(fitting.map(viewCommand));
  }

  function viewCommand({ command, description }: BotCommand): HTMLElement {
    const choose = () => {
      input.value = `/${command}`;
      hide();
      send();
    };
    return h(
      "button",
      { class: "suggestion is-command", type: "button", on: { click: choose } },
      h("strong", {}, `/${command}`),
      h("span", {}, description),
    );
  }

  function show(rows: HTMLElement[]): void {
    fill(element, ...rows);
    element.hidden = false;
  }

  function hide(): void {
    element.hidden = true;
  }

  return {
    element,
    update,
    hide,
    onInlineResults,
    toggleCommands() {
      if (element.hidden) showCommands("");
      else hide();
    },
  };
}
