import { beforeEach, describe, expect, test } from "vitest";
import type { Message } from "grammy/types";
import type { Person } from "./person.ts";
import { createTestSimulator } from "./testing.ts";

let made: ReturnType<typeof createTestSimulator>;
let person: Person;

beforeEach(() => {
  made = createTestSimulator();
  person = made.simulator.person({ firstName: "Алексей" });
  person.start();
});

async function show(markup: unknown): Promise<Message> {
  const parameters = { chat_id: person.id, text: "да", reply_markup: markup };
  return (await made.call("sendMessage", parameters)).result as Message;
}

const inline = (...buttons: unknown[]) => ({ inline_keyboard: [buttons] });

test("each kind of button does its own thing", async () => {
  await show(
    inline(
      { text: "Сайт", url: "https://a.ru/" },
      { text: "Номер", copy_text: { text: "СМ-1" } },
      { text: "Переслать", switch_inline_query: "СМ-1" },
      { text: "Сюда", switch_inline_query_current_chat: "СМ-2" },
      { text: "Кому", switch_inline_query_chosen_chat: { query: "СМ-3" } },
      { text: "Любому", switch_inline_query_chosen_chat: {} },
      { text: "Приложение", web_app: { url: "https://a.ru/app/" } },
    ),
  );
  expect(person.press("Сайт")).toMatchObject({ kind: "url", url: "https://a.ru/" });
  expect(person.press("Номер")).toMatchObject({ kind: "copy", text: "СМ-1" });
  expect(person.press("Переслать")).toMatchObject({ kind: "inline", text: "СМ-1" });
  expect(person.press("Сюда")).toMatchObject({ kind: "inline", text: "СМ-2" });
  expect(person.press("Кому")).toMatchObject({ kind: "inline", text: "СМ-3" });
  expect(person.press("Любому")).toMatchObject({ kind: "inline", text: "" });
  const { kind, launched } = person.press("Приложение");
  expect(kind).toBe("mini_app");
  expect(launched?.queryId).not.toBeNull();
});

test("only a callback has an answer, and a login button can't be pressed", async () => {
  await show(
    inline(
      { text: "Сайт", url: "https://a.ru/" },
      { text: "Вход", login_url: { url: "https://a.ru/" } },
    ),
  );
  await expect(person.press("Сайт").answer()).rejects.toThrow(
    "a press of a url button has no answer",
  );
  expect(() => person.press("Вход")).toThrow("the simulator can't press");
});

describe("a reply keyboard", () => {
  test("sends the label, the place or opens the app, which then has no query to answer", async () => {
    await show({
      keyboard: [
        [
          "Смета",
          { text: "Я здесь", request_location: true },
          { text: "Приложение", web_app: { url: "https://a.ru/app/" } },
        ],
      ],
    });
    expect(person.press("Смета").message?.text).toBe("Смета");
    expect(person.press("Я здесь").message?.location).toMatchObject({ latitude: 55.7558 });
    expect(person.press("Приложение").launched?.queryId).toBeNull();
  });

  test("for one time hides itself after a press; another one stays", async () => {
    await show({ keyboard: [["Смета"]] });
    person.press("Смета");
    expect(person.keyboard()).toEqual([["Смета"]]);
    await show({ keyboard: [["Смета"]], one_time_keyboard: true });
    person.press("Смета");
    expect(person.keyboard()).toEqual([]);
  });
});

describe("a press that a person can't make is an error of the test", () => {
  test("of a button that is nowhere: it tells what is on the screen", async () => {
    expect(() => person.press("Нет")).toThrow("it shows:\nno buttons");
    await show({ keyboard: [["Смета"]] });
    const message = await show(inline({ text: "PDF", callback_data: "pdf" }));
    expect(() => person.press("Нет")).toThrow("[PDF] [Смета]");
    expect(() => person.press("Смета", { message })).toThrow("[PDF] [Смета]");
  });

  test("in a chat that is not there", () => {
    expect(() => person.press("PDF", { chatKey: "pair:1:2" })).toThrow("no chat pair:1:2");
  });

  test("of a blocked bot's button", async () => {
    await show(inline({ text: "PDF", callback_data: "pdf" }));
    person.block();
    expect(() => person.press("PDF")).toThrow("a blocked bot's buttons do nothing");
  });
});

test("the answer of the bot reaches who pressed", async () => {
  await show(inline({ text: "PDF", callback_data: "pdf" }));
  const press = person.press({ data: "pdf" });
  const answered = press.answer();
  const parameters = { callback_query_id: press.queryId, text: "Готово", show_alert: true };
  await made.call("answerCallbackQuery", parameters);
  expect(await answered).toEqual({ text: "Готово", showAlert: true, url: "" });
});
