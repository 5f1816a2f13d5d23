import { z } from "zod";
import { readExtraText } from "../../domain/extra_text.ts";
import { type Id, idSchema, packId, unpackId } from "../../domain/ids.ts";
import { parseQuickAdd } from "../../domain/quick_add/quick_add.ts";
import { actions } from "../actions.ts";
import { extraAlbum } from "../chat_memory.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { choice, defineQuestion, type Reading, readChoice } from "../conversations/question.ts";
import { listedSections } from "../../domain/listed_sections.ts";
import { rich } from "../html.ts";
import { say, toast } from "../messages.ts";
import { readText } from "../reading.ts";
import { type Feature, onPress, type Routes } from "../routes.ts";
import { CONTRACT_BUTTONS, CONTRACTS, contractLabel, extraLabel } from "../texts_contracts.ts";
import { showEstimate, showEstimateMenu } from "../views/estimate_card.ts";

const RECENT_CONTRACTS = 8;
const SHOWN_EXTRAS = 20;

type ReasonAnswer =
  | { readonly kind: "reason"; readonly text: string }
  | { readonly kind: "photo"; readonly fileId: string };

/** The words wait as a kept list, the photo as Telegram's own id of it. */
const contractQuestion = defineQuestion({
  step: "extra.contract",
  params: z.strictObject({ listId: idSchema, fileId: z.string().nullable() }),
  expects: CONTRACTS.contractExpected,
  prompt: async (ctx) => {
    const contracts = await servicesOf(ctx).extras.openContracts(RECENT_CONTRACTS);
    return {
      text: CONTRACTS.askContract,
      rows: contracts.map((contract) => [choice(contractLabel(contract), packId(contract.id))]),
    };
  },
  read: (ctx): Reading<Id> => {
    const id = unpackId(readChoice(ctx) ?? "");
    return id === null ? null : { ok: true, value: id };
  },
  handle: async (ctx, { listId, fileId }, parentId) => {
    const { text } = await servicesOf(ctx).lists.read(listId);
    await create(ctx, parentId, { text, fileId });
  },
});

const linesQuestion = defineQuestion({
  step: "extra.lines",
  params: z.strictObject({ parentId: idSchema }),
  expects: CONTRACTS.extraExpected,
  prompt: () => ({ text: CONTRACTS.askExtra }),
  read: (ctx): Reading<SentExtra> => {
    const sent = readSent(ctx);
    if (!sent) return null;
    return readWork(sent).parsed.lineCount === 0
      ? { ok: false, problem: CONTRACTS.notRead }
      : { ok: true, value: sent };
  },
  handle: (ctx, { parentId }, sent) => create(ctx, parentId, sent),
  cancel: (ctx, { parentId }) => showEstimate(ctx, parentId),
});

/** Asked again after each answer: photos come one by one. */
const reasonQuestion = defineQuestion({
  step: "extra.reason",
  params: z.strictObject({ extraId: idSchema }),
  expects: CONTRACTS.reasonExpected,
  prompt: () => ({ text: CONTRACTS.askReason }),
  read: (ctx): Reading<ReasonAnswer> => {
    const fileId = readPhoto(ctx);
    if (fileId !== null) return { ok: true, value: { kind: "photo", fileId } };
    const text = readText(ctx);
    return text === null ? null : { ok: true, value: { kind: "reason", text } };
  },
  handle: async (ctx, { extraId }, answer) => {
    if (answer.kind === "photo") {
      await attach(ctx, extraId, answer.fileId);
      const caption = ctx.message?.caption;
      if (caption) await servicesOf(ctx).extras.setReason(extraId, caption);
    } else {
      await servicesOf(ctx).extras.setReason(extraId, answer.text);
    }
    const details = await servicesOf(ctx).extras.details(extraId);
    const text =
      answer.kind === "photo"
        ? CONTRACTS.photoSaved(details?.photos.length ?? 0)
        : CONTRACTS.reasonSaved;
    await ask(ctx, { ...reasonQuestion, prompt: () => ({ text }) }, { extraId });
  },
  skipLabel: CONTRACT_BUTTONS.ready,
  skip: (ctx, { extraId }) => showEstimate(ctx, extraId),
  cancel: (ctx, { extraId }) => showEstimate(ctx, extraId),
});

/** «🧾 Доп. работа»: what came after the approval, approved on its own. */
export const extrasFeature: Feature = {
  questions: [contractQuestion, linesQuestion, reasonQuestion],
  presses: [
    onPress(actions.extras, showExtras),
    onPress(actions.extraNew, (ctx, parentId) => ask(ctx, linesQuestion, { parentId })),
    onPress(actions.extraReason, (ctx, extraId) => ask(ctx, reasonQuestion, { extraId })),
    onPress(actions.extraDropPhotos, async (ctx, extraId) => {
      const { extras } = servicesOf(ctx);
      const details = await extras.details(extraId);
      for (const { id } of details?.photos ?? []) await extras.removePhoto(extraId, id);
      await toast(ctx, CONTRACTS.photosDropped);
      await showEstimate(ctx, extraId);
    }),
    onPress(actions.extraFromList, async (ctx, listId) => {
      await offer(ctx, { text: (await servicesOf(ctx).lists.read(listId)).text, fileId: null });
    }),
  ],
};

interface SentExtra {
  readonly text: string;
  readonly fileId: string | null;
}

function readSent(ctx: ChatContext): SentExtra | null {
  const text = readText(ctx) ?? ctx.message?.caption ?? null;
  return text === null ? null : { text, fileId: readPhoto(ctx) };
}

/** The largest of the sizes that Telegram made. */
function readPhoto(ctx: ChatContext): string | null {
  return ctx.message?.photo?.at(-1)?.file_id ?? null;
}

/**
 * Before the open question: «доп: …», typed or forwarded, with a photo or without, is no word to search
 * by. Where something was asked for, it is the answer.
 */
export async function leaveForExtra(ctx: ChatContext, routes: Routes): Promise<void> {
  const asked = ctx.asked && routes.questions.get(ctx.asked.step);
  const isSearch = asked !== undefined && asked !== null && asked.expects === undefined;
  if (isSearch && readSentExtra(ctx)) await ctx.conversation.exitAll();
}

/** Outside any question: extra work in one message. The other photos of its album belong to it, too. */
export async function takeExtra(ctx: ChatContext): Promise<boolean> {
  if (await joinAlbum(ctx)) return true;
  const sent = readSentExtra(ctx);
  if (!sent) return false;
  const { list } = readExtraText(sent.text) ?? NOTHING;
  if (parseQuickAdd(list).lineCount === 0) await say(ctx, { text: rich`${CONTRACTS.notRead}` });
  else await offer(ctx, sent);
  return true;
}

function readSentExtra(ctx: ChatContext): SentExtra | null {
  const sent = readSent(ctx);
  return sent && readExtraText(sent.text) ? sent : null;
}

async function offer(ctx: ChatContext, sent: SentExtra): Promise<void> {
  const { extras, lists } = servicesOf(ctx);
  const contracts = await extras.openContracts(RECENT_CONTRACTS);
  const [only] = contracts;
  if (!only) {
    await say(ctx, { text: CONTRACTS.noContracts });
    return;
  }
  if (contracts.length === 1) return create(ctx, only.id, sent);
  const listId = await lists.keep({ text: sent.text, fileName: null, mapping: null });
  await ask(ctx, contractQuestion, { listId, fileId: sent.fileId });
}

/** What was asked for needs no «доп:». */
function readWork({ text }: SentExtra) {
  const { list, reason } = readExtraText(text) ?? readExtraText(`доп: ${text}`) ?? NOTHING;
  return { parsed: parseQuickAdd(list), reason };
}

async function create(ctx: ChatContext, parentId: Id, sent: SentExtra): Promise<void> {
  const { parsed, reason } = readWork(sent);
  const { fileId } = sent;
  if (parsed.lineCount === 0) {
    await say(ctx, { text: rich`${CONTRACTS.notRead}` });
    return;
  }
  const { extras, estimates } = servicesOf(ctx);
  await ctx.conversation.exitAll();
  const extraId = await extras.create(parentId, { reason });
  await estimates.addList(extraId, listedSections(parsed), { source: "bot" });
  if (fileId !== null) await attach(ctx, extraId, fileId);
  const albumId = ctx.message?.media_group_id;
  if (albumId !== undefined) await extraAlbum.write(ctx, { albumId, extraId });
  await showEstimate(ctx, extraId);
}

const NOTHING = { list: "", reason: "" };

async function joinAlbum(ctx: ChatContext): Promise<boolean> {
  const albumId = ctx.message?.media_group_id;
  const fileId = readPhoto(ctx);
  if (albumId === undefined || fileId === null) return false;
  const album = await extraAlbum.read(ctx);
  if (album?.albumId !== albumId) return false;
  await attach(ctx, album.extraId, fileId);
  return true;
}

async function attach(ctx: ChatContext, extraId: Id, fileId: string): Promise<void> {
  const download = await ctx.tools.download(fileId);
  if (download.outcome === "bytes") {
    await servicesOf(ctx).extras.addPhoto(extraId, download.bytes);
    return;
  }
  const problem = download.outcome === "gone" ? CONTRACTS.photoGone : CONTRACTS.photoTooBig;
  await say(ctx, { text: { html: problem } });
}

async function showExtras(ctx: ChatContext, id: Id): Promise<void> {
  const { estimates, extras } = servicesOf(ctx);
  const [card, contract] = await Promise.all([estimates.card(id), extras.contract(id)]);
  const rows = (contract?.extras ?? [])
    .slice(-SHOWN_EXTRAS)
    .map((extra) => [actions.estimateCard.button(extraLabel(extra), extra.id)]);
  if (rows.length === 0) return ask(ctx, linesQuestion, { parentId: id });
  const add = [actions.extraNew.button(CONTRACT_BUTTONS.newExtra, id)];
  await showEstimateMenu(ctx, card, [...rows, add]);
}
