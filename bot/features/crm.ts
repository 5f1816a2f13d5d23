import { can } from "../../domain/access.ts";
import { CRM_KINDS, CRM_NAMES, type CrmConnection } from "../../domain/crm.ts";
import { forbidden, notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import { type ChatContext, chatIdOf, servicesOf } from "../context.ts";
import { inPairs, LABEL_LENGTH } from "../keyboards.ts";
import { say, showCard, toast, type View } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK, CANCEL } from "../texts_common.ts";
import { CRM, CRM_BUTTONS } from "../texts_crm.ts";
import { connectionView, errorsView, nameOf, reviewView } from "../views/crm.ts";

const SHOWN_CONNECTIONS = 20;
const SHOWN_ERRORS = 10;
const MANY = 100;

/** «🔗 CRM»: what is connected, how it is, and what waits for a person. Connecting: `crm_connecting`. */
export const crmFeature: Feature = {
  presses: [
    onPress(actions.crm, showCrm),
    onPress(actions.crmKinds, async (ctx) => {
      demandCrm(ctx);
      const rows = [...kindRows(), [actions.crm.button(BACK)]];
      await showCard(ctx, { text: CRM.which, rows }, "crm");
    }),
    onPress(actions.crmConnection, showConnection),
    onPress(actions.crmSync, startSync),
    onPress(actions.crmDismiss, async (ctx, id) => {
      await servicesOf(ctx).crm.dismissProblem(id);
      await showConnection(ctx, id);
    }),
    onPress(actions.crmErrors, showErrors),
    onPress(actions.crmRetry, async (ctx) => {
      await toast(ctx, CRM.retried(await servicesOf(ctx).crm.retryFailedPushes()));
      await showErrors(ctx);
    }),
    onPress(actions.crmAskDisconnect, async (ctx, id) => {
      const connection = await connectionOf(ctx, id);
      const rows = [
        [
          actions.crmDisconnect.button(CRM_BUTTONS.sureDisconnect, id),
          actions.crmConnection.button(CANCEL, id),
        ],
      ];
      await showCard(ctx, { text: CRM.askDisconnect(nameOf(connection)), rows }, "crm");
    }),
    onPress(actions.crmDisconnect, async (ctx, id) => {
      await servicesOf(ctx).crm.disconnect(id);
      await toast(ctx, CRM.disconnected);
      await showCrm(ctx);
    }),
    onPress(actions.crmReviews, showReview),
    onPress(actions.crmDecide, async (ctx, reviewId, clientId) => {
      await servicesOf(ctx).crm.decideReview(reviewId, clientId);
      await toast(ctx, CRM.decided);
      await showReview(ctx);
    }),
  ],
};

/** Asked before a question is: nobody should send a key that will be refused. */
export function demandCrm(ctx: ChatContext): void {
  const { actor } = servicesOf(ctx);
  if (!can(actor, "crm.edit", { companyId: actor.companyId })) throw forbidden();
}

export async function showCrm(ctx: ChatContext): Promise<void> {
  await showCard(ctx, await crmView(ctx), "crm");
}

async function crmView(ctx: ChatContext): Promise<View> {
  const { crm } = servicesOf(ctx);
  const connections = await crm.connections();
  if (connections.length === 0) {
    return { text: CRM.none, rows: [...kindRows(), [actions.settings.button(BACK)]] };
  }
  const reviews = await crm.reviews(MANY);
  const rows = [
    ...connections
      .slice(0, SHOWN_CONNECTIONS)
      .map((connection) => [actions.crmConnection.button(labelOf(connection), connection.id)]),
    ...(reviews.length > 0
      ? [[actions.crmReviews.button(`${CRM_BUTTONS.reviews} (${reviews.length})`)]]
      : []),
    [
      actions.crmErrors.button(CRM_BUTTONS.errors),
      actions.crmKinds.button(CRM_BUTTONS.connectAnother),
    ],
    [actions.settings.button(BACK)],
  ];
  return { text: CRM.title, rows };
}

function labelOf(connection: CrmConnection): string {
  const mark = connection.state === "stopped" ? "⛔" : connection.problem === null ? "✅" : "⚠️";
  return cutText(`${mark} ${nameOf(connection)}`, LABEL_LENGTH);
}

function kindRows() {
  return inPairs(CRM_KINDS.map((kind) => actions.crmConnect.button(CRM_NAMES[kind], kind)));
}

export async function connectionOf(ctx: ChatContext, id: Id): Promise<CrmConnection> {
  const found = (await servicesOf(ctx).crm.connections()).find((one) => one.id === id);
  if (!found) throw notFound("Связь с CRM");
  return found;
}

export async function showConnection(ctx: ChatContext, id: Id): Promise<void> {
  const { timezone } = await servicesOf(ctx).company.get();
  await showCard(ctx, connectionView(await connectionOf(ctx, id), timezone), "crm");
}

/** The bar moves in a message of its own: the card stays where it is. */
async function startSync(ctx: ChatContext, id: Id): Promise<void> {
  const { crm } = servicesOf(ctx);
  demandCrm(ctx);
  const messageId = await say(ctx, { text: CRM.syncStarts });
  const watch = messageId === null ? {} : { watch: { chatId: chatIdOf(ctx), messageId } };
  await crm.requestSync(id, watch);
}

async function showErrors(ctx: ChatContext): Promise<void> {
  const { crm, company } = servicesOf(ctx);
  const [errors, failed] = [
    await crm.recentErrors(SHOWN_ERRORS),
    await crm.failedPushes(SHOWN_ERRORS),
  ];
  const { timezone } = await company.get();
  await showCard(ctx, errorsView(errors, failed, timezone), "crm");
}

async function showReview(ctx: ChatContext): Promise<void> {
  const reviews = await servicesOf(ctx).crm.reviews(MANY);
  const [first] = reviews;
  const view = first
    ? reviewView(first, reviews.length)
    : { text: CRM.noReviews, rows: [[actions.crm.button(BACK)]] };
  await showCard(ctx, view, "crm");
}
