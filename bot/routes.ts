import { type Action, splitCallbackData } from "./callback_data.ts";
import type { ChatContext, Handler } from "./context.ts";
import type { KnownQuestion } from "./conversations/question.ts";

/** One foreman's task: what it listens to. */
export interface Feature {
  /** By name, without the slash; `ctx.match` holds what follows. */
  readonly commands?: Readonly<Record<string, Handler>>;
  /** By the text of a button of the menu under the chat. */
  readonly labels?: Readonly<Record<string, Handler>>;
  readonly presses?: readonly Press[];
  readonly questions?: readonly { readonly known: KnownQuestion }[];
}

/** A button and what it does. */
export interface Press {
  readonly name: string;
  /** Null when the fields of the button are not readable. */
  readonly prepare: (texts: readonly string[]) => Handler | null;
}

export function onPress<Values extends readonly unknown[]>(
  action: Action<Values>,
  handle: (ctx: ChatContext, ...values: Values) => Promise<void>,
): Press {
  return {
    name: action.name,
    prepare: (texts) => {
      const values = action.read(texts);
      return values && ((ctx) => handle(ctx, ...values));
    },
  };
}

/** All features by what they listen to: one look-up per update, however many there are. */
export interface Routes {
  readonly command: (name: string) => Handler | undefined;
  readonly label: (text: string) => Handler | undefined;
  /** "unknown": no such button any more. "broken": its fields can't be read. */
  readonly press: (data: string) => Handler | "unknown" | "broken";
  readonly questions: ReadonlyMap<string, KnownQuestion>;
}

/** Throws when two features claim the same thing. */
export function collectRoutes(features: readonly Feature[]): Routes {
  const commands = gather(features.flatMap(({ commands = {} }) => Object.entries(commands)));
  const labels = gather(features.flatMap(({ labels = {} }) => Object.entries(labels)));
  const presses = gather(
    features.flatMap(({ presses = [] }) => presses.map((press) => [press.name, press] as const)),
  );
  const questions = gather(
    features.flatMap(({ questions = [] }) =>
      questions.map(({ known }) => [known.step, known] as const),
    ),
  );
  return {
    command: (name) => commands.get(name),
    label: (text) => labels.get(text),
    press: (data) => {
      const { name, texts } = splitCallbackData(data);
      const press = presses.get(name);
      return press ? (press.prepare(texts) ?? "broken") : "unknown";
    },
    questions,
  };
}

function gather<Value>(entries: readonly (readonly [string, Value])[]): Map<string, Value> {
  const map = new Map<string, Value>();
  for (const [name, value] of entries) {
    if (map.has(name)) throw new TypeError(`«${name}» is claimed twice`);
    map.set(name, value);
  }
  return map;
}
