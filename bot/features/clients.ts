import { z } from "zod";
import { isInn } from "../../domain/companies.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import { parsePhones } from "../../domain/phones.ts";
import type { ClientFields } from "../../domain/clients.ts";
import type { Client } from "../../domain/services.ts";
import { actions } from "../actions.ts";
import { readClient, saveClient } from "../client_input.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { defineQuestion, type Reading } from "../conversations/question.ts";
import { rich } from "../html.ts";
import { privacyRows } from "./privacy.ts";
import { inPairs } from "../keyboards.ts";
import { say, showCard } from "../messages.ts";
import { readField } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import {
  CLIENT_FIELDS,
  CLIENTS,
  type ClientField,
  clientLabel,
  clientText,
} from "../texts_clients.ts";
import { BACK, MENU } from "../texts_common.ts";
import { createListScreen } from "../views/list_screen.ts";

const screen = createListScreen({
  name: "clients",
  action: actions.clientList,
  load: (ctx, request) => servicesOf(ctx).clients.list(request),
  button: (client: Client) => actions.clientCard.button(clientLabel(client), client.id),
  title: CLIENTS.listTitle,
  hint: CLIENTS.hint,
  empty: CLIENTS.none,
  notFound: CLIENTS.notFound,
  rows: [[actions.clientNew.button(CLIENTS.add)]],
});

const newQuestion = defineQuestion({
  step: "client.new",
  params: z.strictObject({}),
  expects: CLIENTS.expected,
  prompt: () => ({ text: CLIENTS.askNew }),
  read: readClient,
  handle: async (ctx, _params, input) => {
    const { client, isNew } = await saveClient(ctx, input);
    if (!isNew) await say(ctx, { text: rich`${CLIENTS.already(client.name)}` });
    await showClient(ctx, client);
  },
  cancel: (ctx) => screen.open(ctx),
});

type Patch = Partial<ClientFields>;

const readers: Readonly<Record<ClientField, (text: string) => Reading<Patch>>> = {
  name: (name) => ({ ok: true, value: { name } }),
  phone: (text) => {
    const phones = parsePhones(text).map(({ raw, e164 }) => ({ raw: raw.slice(0, 50), e164 }));
    return phones.length === 0
      ? { ok: false, problem: CLIENTS.badPhones }
      : { ok: true, value: { phones: phones.slice(0, 10) } };
  },
  email: (text) =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)
      ? { ok: true, value: { emails: [text] } }
      : { ok: false, problem: CLIENTS.badEmail },
  inn: (text) => {
    const inn = text.replace(/\s/g, "");
    return isInn(inn) ? { ok: true, value: { inn } } : { ok: false, problem: CLIENTS.badInn };
  },
  address: (address) => ({ ok: true, value: { address } }),
  note: (note) => ({ ok: true, value: { note } }),
};

/** What «Стереть» leaves; a name can't be empty. */
const empty: Readonly<Partial<Record<ClientField, Patch>>> = {
  phone: { phones: [] },
  email: { emails: [] },
  inn: { inn: "" },
  address: { address: "" },
  note: { note: "" },
};

const fieldQuestions = new Map(
  Object.keys(CLIENT_FIELDS).map((name) => {
    const field = name as ClientField;
    return [field, fieldQuestion(field)] as const;
  }),
);

function fieldQuestion(field: ClientField) {
  const cleared = empty[field];
  return defineQuestion({
    step: `client.${field}`,
    params: z.strictObject({ clientId: idSchema }),
    expects: CLIENT_FIELDS[field].expects,
    prompt: () => ({ text: rich`${CLIENT_FIELDS[field].ask}` }),
    read: (ctx) => {
      const text = readField(ctx);
      return text?.ok ? readers[field](text.value) : text;
    },
    handle: async (ctx, { clientId }, patch) => {
      await showClient(ctx, await servicesOf(ctx).clients.set(clientId, patch));
    },
    skipLabel: CLIENTS.clear,
    skip: cleared
      ? async (ctx, { clientId }) =>
          showClient(ctx, await servicesOf(ctx).clients.set(clientId, cleared))
      : undefined,
    cancel: async (ctx, { clientId }) =>
      showClient(ctx, await servicesOf(ctx).clients.get(clientId)),
  });
}

/** «👥 Клиенты»: the list, a card, its fields one by one. */
export const clientsFeature: Feature = {
  commands: { clients: screen.open },
  labels: { [MENU.clients]: screen.open },
  questions: [...(screen.questions ?? []), newQuestion, ...fieldQuestions.values()],
  presses: [
    ...(screen.presses ?? []),
    onPress(actions.clientNew, (ctx) => ask(ctx, newQuestion, {})),
    onPress(actions.clientCard, async (ctx, id) => {
      await showClient(ctx, await servicesOf(ctx).clients.get(id));
    }),
    onPress(actions.clientEdit, askField),
    onPress(actions.clientKind, async (ctx, id) => {
      const { clients } = servicesOf(ctx);
      const { kind } = await clients.get(id);
      const next = kind === "person" ? "organisation" : "person";
      await showClient(ctx, await clients.set(id, { kind: next }));
    }),
  ],
};

async function askField(ctx: ChatContext, clientId: Id, field: ClientField): Promise<void> {
  const question = fieldQuestions.get(field);
  if (question) await ask(ctx, question, { clientId });
}

export async function showClient(ctx: ChatContext, client: Client): Promise<void> {
  const fields = Object.entries(CLIENT_FIELDS).map(([field, { label }]) =>
    actions.clientEdit.button(label, client.id, field as ClientField),
  );
  const kind = client.kind === "person" ? CLIENTS.makeOrganisation : CLIENTS.makePerson;
  const rows = [
    ...inPairs(fields),
    [actions.clientKind.button(kind, client.id)],
    ...privacyRows(ctx, client.id),
    [actions.clientList.button(BACK, null, "all")],
  ];
  await showCard(ctx, { text: clientText(client), rows }, `c.${client.id}`);
}
