import { viewAvatar } from "./avatar.ts";
import { fill, h } from "./dom.ts";
import { askForm } from "./forms.ts";
import { icon } from "./icons.ts";
import type { Model } from "./model.ts";
import type { Phone } from "./phone.ts";
import { createPhone } from "./phone_frame.ts";
import { addPerson, startAnew } from "./requests.ts";
import { ask, openMenu } from "./sheet.ts";
import { currentTheme, toggleTheme } from "./theme.ts";
import { countUnread } from "./unread.ts";
import type { PersonView } from "../views.ts";

type Column = { phone: Phone & { close(): void }; element: HTMLElement };

/** Several phones side by side; on a narrow screen one, and a switch between people. */
export function openStage(root: HTMLElement, model: Model): void {
  const columns = new Map<number, Column>();
  const switcher = h("nav", { class: "switcher", "aria-label": "Люди" });
  const phones = h("main", { class: "phones" });
  const themeButton = h("button", {
    class: "stage-button",
    type: "button",
    on: { click: onTheme },
  });
  let active = 0;

  fill(
    root,
    h(
      "header",
      { class: "stage-bar" },
      h(
        "div",
        { class: "stage-title" },
        h("strong", {}, "Telegram на этом компьютере"),
        h("span", {}, "Симулятор: в настоящий Telegram ничего не уходит"),
      ),
      viewNeighbour(model),
      themeButton,
      stageButton("plus", "Добавить человека", () => void onAdd()),
      stageButton("again", "Начать заново", () => void onReset()),
    ),
    h(
      "div",
      { class: "switcher-bar" },
      switcher,
      h(
        "button",
        {
          class: "round",
          type: "button",
          "aria-label": "Меню страницы",
          on: { click: openPageMenu },
        },
        icon("more"),
      ),
    ),
    phones,
  );

  function render(): void {
    const people = shownPeople(model);
    for (const [id, column] of columns) {
      if (people.some((person) => person.id === id)) continue;
      column.phone.close();
      column.element.remove();
      columns.delete(id);
    }
    for (const person of people) {
      if (!columns.has(person.id)) addColumn(person);
    }
    if (!columns.has(active)) activate(people[0]?.id ?? 0);
    renderSwitcher();
  }

  function addColumn(person: PersonView): void {
    const phone = createPhone(model, person.id);
    const element = h(
      "div",
      { class: "column" },
      h(
        "h2",
        { class: "column-title" },
        viewAvatar(person.name),
        person.name,
        person.role !== "" && h("span", { class: "column-role" }, person.role),
      ),
      phone.element,
    );
    columns.set(person.id, { phone, element });
    phones.append(element);
  }

  function renderSwitcher(): void {
    fill(
      switcher,
      ...shownPeople(model).map((person) => {
        const unread = person.chats.reduce((sum, chat) => sum + countUnread(chat, person.id), 0);
        return h(
          "button",
          {
            class: "switch",
            type: "button",
            "aria-current": person.id === active ? "true" : undefined,
            on: { click: () => activate(person.id) },
          },
          h("span", { class: "switch-name" }, person.name.split(" ")[0] ?? ""),
          h("span", { class: "switch-role" }, person.role),
          unread > 0 && person.id !== active && h("span", { class: "badge" }, String(unread)),
        );
      }),
    );
  }

  function activate(personId: number): void {
    active = personId;
    for (const [id, column] of columns)
      column.element.classList.toggle("is-active", id === personId);
    renderSwitcher();
  }

  function renderTheme(): void {
    const isDark = currentTheme() === "dark";
    fill(themeButton, icon(isDark ? "sun" : "moon"), isDark ? "Светлая тема" : "Тёмная тема");
  }

  function onTheme(): void {
    toggleTheme();
    renderTheme();
  }

  /** Questions about the whole page are asked over the phone that is in front. */
  function front(): HTMLElement {
    return columns.get(active)?.phone.element ?? root;
  }

  async function onAdd(): Promise<void> {
    const answer = await askForm(front(), {
      title: "Новый человек",
      submit: "Добавить",
      fields: [
        { name: "firstName", label: "Имя", isRequired: true },
        { name: "lastName", label: "Фамилия" },
        { name: "role", label: "Кто это" },
      ],
    });
    if (answer === null) return;
    const filled = Object.entries(answer).filter(([, value]) => value.trim() !== "");
    const added = await addPerson(Object.fromEntries(filled));
    if (added !== null) activate(added.id);
  }

  async function onReset(): Promise<void> {
    const text = "Чаты и люди этого симулятора исчезнут. То, что бот записал у себя, останется.";
    if (await ask(front(), "Начать заново?", text, "Начать заново")) await startAnew();
  }

  function openPageMenu(): void {
    const isDark = currentTheme() === "dark";
    const neighbour = model.neighbour();
    openMenu(front(), "Меню страницы", [
      ...(neighbour === null
        ? []
        : [
            {
              label: neighbour.name,
              icon: "link" as const,
              act: () => void window.open(neighbour.path, "_blank"),
            },
          ]),
      {
        label: isDark ? "Светлая тема" : "Тёмная тема",
        icon: isDark ? "sun" : "moon",
        act: onTheme,
      },
      { label: "Добавить человека", icon: "plus", act: () => void onAdd() },
      { label: "Начать заново", icon: "again", isDangerous: true, act: () => void onReset() },
    ]);
  }

  model.listen((event) => {
    if (event.type === "state" || event.type === "person") render();
    else renderSwitcher();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", renderTheme);
  renderTheme();
  render();
}

/** `?person=<id>` shows these people only. */
function shownPeople(model: Model): PersonView[] {
  const wanted = new URLSearchParams(location.search).getAll("person").map(Number);
  const people = model.people();
  return wanted.length === 0 ? people : people.filter(({ id }) => wanted.includes(id));
}

function viewNeighbour(model: Model): HTMLElement | null {
  const neighbour = model.neighbour();
  if (neighbour === null) return null;
  const { name, path } = neighbour;
  return h("a", { class: "stage-button", href: path, target: "_blank" }, icon("link"), name);
}

function stageButton(
  name: Parameters<typeof icon>[0],
  label: string,
  click: () => void,
): HTMLElement {
  return h("button", { class: "stage-button", type: "button", on: { click } }, icon(name), label);
}
