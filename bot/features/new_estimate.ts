import { z } from "zod";
import { type Id, idSchema, packId, unpackId } from "../../domain/ids.ts";
import { actions } from "../actions.ts";
import { pendingList } from "../chat_memory.ts";
import { type ClientInput, readClient, saveClient } from "../client_input.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { choice, defineQuestion, type Reading, readChoice } from "../conversations/question.ts";
import { looksLikeList } from "../../domain/quick_add/quick_add.ts";
import { cutText } from "../../domain/text.ts";
import { join } from "../html.ts";
import { LABEL_LENGTH } from "../keyboards.ts";
import { showPending } from "../kept_lists.ts";
import { receiveList, readSentList, type SentList } from "../list_intake.ts";
import { oneLine, readField } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { MENU } from "../texts_common.ts";
import { NEW_ESTIMATE } from "../texts_new_estimate.ts";
import { showEstimateCard } from "../views/estimate_card.ts";
import { CLIENTS, clientLabel } from "../texts_clients.ts";

const RECENT_PROJECTS = 6;
const RECENT_CLIENTS = 3;
const NEW = "new";
const NONE = "none";

type ClientAnswer = ClientInput | { readonly clientId: Id };
type ProjectAnswer =
  | { readonly kind: "project"; readonly id: Id }
  | { readonly kind: "new" | "none" }
  | { readonly kind: "title"; readonly title: string }
  | { readonly kind: "list"; readonly list: SentList };

/**
 * «Для какого объекта смета?» A typed text is the name of a new object: one tap less. Whoever sends the
 * list first is asked again with it in hand.
 */
const projectQuestion = defineQuestion({
  step: "new_estimate.project",
  params: z.strictObject({ hasList: z.boolean() }),
  expects: NEW_ESTIMATE.projectExpected,
  prompt: async (ctx, { hasList }) => {
    const recent = await servicesOf(ctx).projects.list({ limit: RECENT_PROJECTS });
    return {
      text: hasList ? NEW_ESTIMATE.askProjectForList : NEW_ESTIMATE.askProject,
      rows: [
        ...recent.items.map(({ id, title }) => [choice(cutText(title, LABEL_LENGTH), packId(id))]),
        [choice(NEW_ESTIMATE.newProject, NEW), choice(NEW_ESTIMATE.noProject, NONE)],
      ],
    };
  },
  read: (ctx): Reading<ProjectAnswer> => {
    const chosen = readChoice(ctx);
    if (chosen !== null) {
      const answer = readProjectChoice(chosen);
      return answer && { ok: true, value: answer };
    }
    const list = readSentList(ctx);
    if (!list?.ok) return null;
    if (list.value.kind === "file" || looksLikeList(list.value.text)) {
      return { ok: true, value: { kind: "list", list: list.value } };
    }
    return { ok: true, value: { kind: "title", title: oneLine(list.value.text) } };
  },
  handle: async (ctx, _params, answer: ProjectAnswer) => {
    if (answer.kind === "project") return goOn(ctx, { projectId: answer.id, clientId: null });
    if (answer.kind === "none") return goOn(ctx, { projectId: null, clientId: null });
    if (answer.kind === "title") return createProject(ctx, answer.title);
    if (answer.kind === "list") return receiveList(ctx, { kind: "unknown" }, answer.list);
    return ask(ctx, titleQuestion, {});
  },
});

function readProjectChoice(chosen: string): ProjectAnswer | null {
  if (chosen === NEW || chosen === NONE) return { kind: chosen };
  const id = unpackId(chosen);
  return id === null ? null : { kind: "project", id };
}

const titleQuestion = defineQuestion({
  step: "new_estimate.project_title",
  params: z.strictObject({}),
  expects: NEW_ESTIMATE.titleExpected,
  prompt: () => ({ text: NEW_ESTIMATE.askTitle }),
  read: readField,
  handle: (ctx, _params, title: string) => createProject(ctx, title),
});

async function createProject(ctx: ChatContext, title: string): Promise<void> {
  const { projects } = servicesOf(ctx);
  const project = await projects.create({ title, address: "", clientId: null, note: "" });
  await ask(ctx, clientQuestion, { projectId: project.id });
}

const clientQuestion = defineQuestion({
  step: "new_estimate.client",
  params: z.strictObject({ projectId: idSchema }),
  expects: CLIENTS.expected,
  prompt: async (ctx) => {
    const recent = await servicesOf(ctx).clients.list({ limit: RECENT_CLIENTS });
    const rows = recent.items.map((client) => [choice(clientLabel(client), packId(client.id))]);
    return { text: NEW_ESTIMATE.askClient, rows };
  },
  read: (ctx): Reading<ClientAnswer> => {
    const chosen = readChoice(ctx);
    if (chosen === null) return readClient(ctx);
    const clientId = unpackId(chosen);
    return clientId === null ? null : { ok: true, value: { clientId } };
  },
  handle: async (ctx, { projectId }, answer) => {
    const clientId =
      "clientId" in answer ? answer.clientId : (await saveClient(ctx, answer)).client.id;
    await servicesOf(ctx).projects.set(projectId, { clientId });
    await goOn(ctx, { projectId, clientId });
  },
  skip: (ctx, { projectId }) => goOn(ctx, { projectId, clientId: null }),
});

const linesQuestion = defineQuestion({
  step: "new_estimate.lines",
  params: z.strictObject({ projectId: idSchema.nullable(), clientId: idSchema.nullable() }),
  expects: NEW_ESTIMATE.linesExpected,
  prompt: () => ({ text: join([NEW_ESTIMATE.askLines, NEW_ESTIMATE.linesHint]) }),
  read: readSentList,
  handle: (ctx, params, list) => receiveList(ctx, { kind: "new", ...params }, list),
  skipLabel: NEW_ESTIMATE.withoutLines,
  skip: async (ctx, params) => {
    await showEstimateCard(ctx, await servicesOf(ctx).estimates.create(params));
  },
});

/** The object is known. The list may be there already: it was sent before any question. */
async function goOn(
  ctx: ChatContext,
  place: { readonly projectId: Id | null; readonly clientId: Id | null },
): Promise<void> {
  const pending = await pendingList.read(ctx);
  if (pending?.place.kind !== "unknown") return ask(ctx, linesQuestion, place);
  return showPending(ctx, { ...pending, place: { kind: "new", ...place } });
}

async function start(ctx: ChatContext): Promise<void> {
  await pendingList.forget(ctx);
  await ask(ctx, projectQuestion, { hasList: false });
}

/** For a list that waits for its estimate. */
export function askProjectForList(ctx: ChatContext): Promise<void> {
  return ask(ctx, projectQuestion, { hasList: true });
}

/** «➕ Новая смета»: the object, its client, the list, the card. */
export const newEstimateFeature: Feature = {
  commands: { new: start },
  labels: { [MENU.newEstimate]: start },
  questions: [projectQuestion, titleQuestion, clientQuestion, linesQuestion],
  presses: [
    onPress(actions.newFor, async (ctx, projectId) => {
      await pendingList.forget(ctx);
      const { clientId } = await servicesOf(ctx).projects.get(projectId);
      await ask(ctx, linesQuestion, { projectId, clientId });
    }),
  ],
};
