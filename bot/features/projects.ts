import { z } from "zod";
import { STATUS_MARKS } from "../../domain/estimate/status.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import type { ProjectFields } from "../../domain/projects.ts";
import type { Project } from "../../domain/services.ts";
import { actions } from "../actions.ts";
import { readClient, saveClient } from "../client_input.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { defineQuestion } from "../conversations/question.ts";
import { rich } from "../html.ts";
import { inPairs } from "../keyboards.ts";
import { showCard } from "../messages.ts";
import { readField } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK, MENU, MORE_ITEMS, TO_START } from "../texts_common.ts";
import { ESTIMATES, listItemLabel } from "../texts_estimates.ts";
import { NEW_ESTIMATE } from "../texts_new_estimate.ts";
import {
  PROJECT_FIELDS,
  PROJECTS,
  type ProjectField,
  projectLabel,
  projectText,
} from "../texts_projects.ts";
import { createListScreen, PAGE_SIZE } from "../views/list_screen.ts";

const screen = createListScreen({
  name: "projects",
  action: actions.projectList,
  load: (ctx, request) => servicesOf(ctx).projects.list(request),
  button: (project: Project) => actions.projectCard.button(projectLabel(project), project.id),
  title: PROJECTS.listTitle,
  hint: PROJECTS.hint,
  empty: PROJECTS.none,
  notFound: PROJECTS.notFound,
  rows: [[actions.projectNew.button(PROJECTS.add)]],
});

const newQuestion = defineQuestion({
  step: "project.new",
  params: z.strictObject({}),
  expects: NEW_ESTIMATE.titleExpected,
  prompt: () => ({ text: NEW_ESTIMATE.askTitle }),
  read: readField,
  handle: async (ctx, _params, title: string) => {
    const fields = { title, address: "", clientId: null, note: "" };
    await showProject(ctx, await servicesOf(ctx).projects.create(fields));
  },
  cancel: (ctx) => screen.open(ctx),
});

type TextField = Exclude<ProjectField, "client">;

const titleQuestion = textQuestion("title", (title) => ({ title }));
const addressQuestion = textQuestion("address", (address) => ({ address }), true);
const noteQuestion = textQuestion("note", (note) => ({ note }), true);

function textQuestion(
  field: TextField,
  patch: (text: string) => Partial<ProjectFields>,
  canBeEmpty = false,
) {
  const set = async (ctx: ChatContext, id: Id, text: string): Promise<void> =>
    showProject(ctx, await servicesOf(ctx).projects.set(id, patch(text)));
  return defineQuestion({
    step: `project.${field}`,
    params: z.strictObject({ projectId: idSchema }),
    expects: PROJECT_FIELDS[field].expects,
    prompt: () => ({ text: rich`${PROJECT_FIELDS[field].ask}` }),
    read: readField,
    handle: (ctx, { projectId }, text: string) => set(ctx, projectId, text),
    skipLabel: PROJECTS.clear,
    skip: canBeEmpty ? (ctx, { projectId }) => set(ctx, projectId, "") : undefined,
    cancel: (ctx, { projectId }) => showById(ctx, projectId),
  });
}

const clientQuestion = defineQuestion({
  step: "project.client",
  params: z.strictObject({ projectId: idSchema }),
  expects: PROJECT_FIELDS.client.expects,
  prompt: () => ({ text: rich`${PROJECT_FIELDS.client.ask}` }),
  read: readClient,
  handle: async (ctx, { projectId }, input) => {
    const { client } = await saveClient(ctx, input);
    const { projects } = servicesOf(ctx);
    await showProject(ctx, await projects.set(projectId, { clientId: client.id }));
  },
  skipLabel: PROJECTS.clear,
  skip: async (ctx, { projectId }) => {
    await showProject(ctx, await servicesOf(ctx).projects.set(projectId, { clientId: null }));
  },
  cancel: (ctx, { projectId }) => showById(ctx, projectId),
});

const questions = {
  title: titleQuestion,
  address: addressQuestion,
  note: noteQuestion,
} as const;

/** «🏗 Объекты»: the list, a card, its fields, its estimates. */
export const projectsFeature: Feature = {
  commands: { projects: screen.open },
  labels: { [MENU.projects]: screen.open },
  questions: [
    ...(screen.questions ?? []),
    newQuestion,
    clientQuestion,
    ...Object.values(questions),
  ],
  presses: [
    ...(screen.presses ?? []),
    onPress(actions.projectNew, (ctx) => ask(ctx, newQuestion, {})),
    onPress(actions.projectCard, showById),
    onPress(actions.projectEdit, (ctx, projectId, field) =>
      field === "client"
        ? ask(ctx, clientQuestion, { projectId })
        : ask(ctx, questions[field], { projectId }),
    ),
    onPress(actions.projectEstimates, showEstimates),
  ],
};

async function showById(ctx: ChatContext, id: Id): Promise<void> {
  await showProject(ctx, await servicesOf(ctx).projects.get(id));
}

/** The card of an object. */
export async function showProject(ctx: ChatContext, project: Project): Promise<void> {
  const { id } = project;
  const fields = Object.entries(PROJECT_FIELDS).map(([field, { label }]) =>
    actions.projectEdit.button(label, id, field as ProjectField),
  );
  const rows = [
    [
      actions.newFor.button(PROJECTS.newEstimate, id),
      actions.projectEstimates.button(PROJECTS.estimates, id, null),
    ],
    ...inPairs(fields),
    [actions.projectList.button(BACK, null, "all")],
  ];
  await showCard(ctx, { text: projectText(project), rows }, `p.${id}`);
}

async function showEstimates(ctx: ChatContext, id: Id, cursor: string | null): Promise<void> {
  const { projects, estimates } = servicesOf(ctx);
  const project = await projects.get(id);
  const page = await estimates.list({ projectId: id, cursor, limit: PAGE_SIZE });
  const turns = [
    ...(cursor === null ? [] : [actions.projectEstimates.button(TO_START, id, null)]),
    ...(page.next === null ? [] : [actions.projectEstimates.button(MORE_ITEMS, id, page.next)]),
  ];
  const rows = [
    ...page.items.map((item) => [
      actions.estimateCard.button(`${STATUS_MARKS[item.status]} ${listItemLabel(item)}`, item.id),
    ]),
    ...(turns.length === 0 ? [] : [turns]),
    [actions.projectCard.button(BACK, id)],
  ];
  const text =
    page.items.length === 0 ? ESTIMATES.noneOfProject : ESTIMATES.ofProject(project.title);
  await showCard(ctx, { text, rows }, `p.${id}`);
}
