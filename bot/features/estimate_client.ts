import { z } from "zod";
import { type Id, idSchema } from "../../domain/ids.ts";
import { actions } from "../actions.ts";
import { readClient, saveClient } from "../client_input.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { defineQuestion } from "../conversations/question.ts";
import { type Feature, onPress } from "../routes.ts";
import { CLIENTS, clientLabel } from "../texts_clients.ts";
import { MORE_ITEMS, TO_START } from "../texts_common.ts";
import { NEW_ESTIMATE } from "../texts_new_estimate.ts";
import { TERMS } from "../texts_terms.ts";
import { showEstimate, showEstimateMenu } from "../views/estimate_card.ts";
import { setHeader } from "./estimate_header.ts";

const SHOWN_CLIENTS = 6;

const clientQuestion = defineQuestion({
  step: "estimate.client",
  params: z.strictObject({ estimateId: idSchema }),
  expects: CLIENTS.expected,
  prompt: () => ({ text: NEW_ESTIMATE.askClient }),
  read: readClient,
  handle: async (ctx, { estimateId }, input) => {
    const { client } = await saveClient(ctx, input);
    await setHeader(ctx, estimateId, null, { clientId: client.id });
    await showEstimate(ctx, estimateId);
  },
  cancel: (ctx, { estimateId }) => showEstimate(ctx, estimateId),
});

/** Whom the estimate is for. */
export const estimateClientFeature: Feature = {
  questions: [clientQuestion],
  presses: [
    onPress(actions.clientMenu, showMenu),
    onPress(actions.clientSet, async (ctx, id, version, clientId) => {
      await setHeader(ctx, id, version, { clientId });
      await showEstimate(ctx, id);
    }),
    onPress(actions.clientAdd, (ctx, estimateId) => ask(ctx, clientQuestion, { estimateId })),
  ],
};

async function showMenu(ctx: ChatContext, id: Id, cursor: string | null): Promise<void> {
  const { estimates, clients } = servicesOf(ctx);
  const card = await estimates.card(id);
  const page = await clients.list({ cursor, limit: SHOWN_CLIENTS });
  const turns = [
    ...(cursor === null ? [] : [actions.clientMenu.button(TO_START, id, null)]),
    ...(page.next === null ? [] : [actions.clientMenu.button(MORE_ITEMS, id, page.next)]),
  ];
  await showEstimateMenu(ctx, card, [
    ...page.items.map((client) => [
      actions.clientSet.button(clientLabel(client), id, card.version, client.id),
    ]),
    ...(turns.length === 0 ? [] : [turns]),
    [
      actions.clientAdd.button(TERMS.newClient, id),
      actions.clientSet.button(TERMS.noClient, id, card.version, null),
    ],
  ]);
}
