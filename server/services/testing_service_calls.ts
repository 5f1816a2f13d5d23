import type { Day } from "../../domain/calendar.ts";
import type { ClientFields } from "../../domain/clients.ts";
import type { Id } from "../../domain/ids.ts";
import type { ColumnMapping, Services } from "../../domain/services.ts";
import type { StageFields } from "../../domain/payments.ts";
import { kopecks } from "../../domain/money.ts";
import { PERCENT_HUNDRED } from "../../domain/percent.ts";
import { QUANTITY_ONE, type Quantity } from "../../domain/quantity.ts";
import { newId } from "../new_id.ts";
import { testJpeg, testPng } from "./testing_pictures.ts";
import type { Things } from "./testing_strangers.ts";

/** One attempt at each function of the services, aimed at somebody's things. */
export type Call = (services: Services, things: Things) => Promise<unknown>;
export type Calls = Readonly<Record<string, Call>>;

const DAY = "2026-11-22" as Day;
const chat = { channel: "chat", reason: "Дорого" } as const;
const MAPPING: ColumnMapping = {
  name: 0,
  unit: null,
  quantity: null,
  price: null,
  sum: null,
  code: null,
  skipRows: 1,
};
const PAYMENT = { kind: "advance", title: "", amount: kopecks(100n) } as const;
const STAGE: StageFields = {
  title: "Аванс",
  size: { kind: "percent", percent: PERCENT_HUNDRED },
  dueOn: null,
};
const ITEM = {
  kind: "work",
  name: "Штукатурка",
  unit: "м²",
  price: kopecks(100n),
  cost: null,
  code: "",
  section: "",
} as const;
const CLIENT: ClientFields = {
  name: "Новый заказчик",
  kind: "person",
  phones: [],
  emails: [],
  inn: "",
  address: "",
  note: "",
};
const PLACE = { title: "Новый объект", address: "", clientId: null, note: "" };
const PICTURES = { picture: testJpeg(), thumbnail: testJpeg() };

function setTitle(estimateId: Id) {
  return ({ estimates }: Services) =>
    estimates.change(estimateId, {
      baseVersion: null,
      source: "bot",
      changes: [{ id: newId(), type: "estimate.set", set: { title: "Моя" } }],
    });
}

/** About an estimate: also another foreman of the same company may not know that it is there. */
export const ESTIMATE_CALLS: Calls = {
  "estimates.card": ({ estimates }, { estimateId }) => estimates.card(estimateId),
  "estimates.stamp": ({ estimates }, { estimateId }) => estimates.stamp(estimateId),
  "estimates.content": ({ estimates }, { estimateId }) => estimates.content(estimateId),
  "estimates.change": (services, { draftId }) => setTitle(draftId)(services),
  "estimates.changesSince": ({ estimates }, { draftId }) => estimates.changesSince(draftId, 0),
  "estimates.addList": ({ estimates }, { draftId }) =>
    estimates.addList(draftId, [{ title: "Стены", kind: "work", lines: [] }], { source: "bot" }),
  "estimates.duplicate": ({ estimates }, { estimateId }) => estimates.duplicate(estimateId),
  "estimates.remove": ({ estimates }, { draftId }) => estimates.remove(draftId),
  "estimates.restore": ({ estimates }, { draftId }) => estimates.restore(draftId),
  "documents.order": ({ documents }, { estimateId }) =>
    documents.order(estimateId, "pdf", { chatId: null }),
  "documents.get": ({ documents }, { documentId }) => documents.get(documentId),
  "documents.file": ({ documents }, { documentId }) => documents.file(documentId),
  "documents.announced": ({ documents }, { documentId }) => documents.announced(documentId, 7),
  "photos.list": ({ photos }, { draftId }) => photos.list(draftId),
  "photos.add": ({ photos }, { draftId, draftLineId }) =>
    photos.add(draftId, { id: newId(), lineId: draftLineId, ...PICTURES }),
  "photos.read": ({ photos }, { draftId, photoId }) => photos.read(draftId, photoId, "picture"),
  "photos.remove": ({ photos }, { draftId, photoId }) => photos.remove(draftId, photoId),
  "agreement.check": ({ agreement }, { estimateId }) => agreement.check(estimateId),
  "agreement.submit": ({ agreement }, { draftId }) =>
    agreement.submit(draftId, { audience: "manager", acceptWarnings: true }),
  "agreement.approve": ({ agreement }, { revisionId }) => agreement.approve({ revisionId }, chat),
  "agreement.giveBack": ({ agreement }, { revisionId }) => agreement.giveBack({ revisionId }, chat),
  "agreement.withdraw": ({ agreement }, { revisionId }) => agreement.withdraw({ revisionId }),
  "agreement.revise": ({ agreement }, { revisionId }) => agreement.revise({ revisionId }),
  "agreement.archive": ({ agreement }, { draftId }) => agreement.archive(draftId),
  "agreement.revisions": ({ agreement }, { estimateId }) => agreement.revisions(estimateId),
  "agreement.revision": ({ agreement }, { revisionId }) => agreement.revision(revisionId),
  "agreement.document": ({ agreement }, { estimateId, revisionId }) =>
    agreement.document(estimateId, revisionId),
  "agreement.current": ({ agreement }, { estimateId }) => agreement.current(estimateId),
  "agreement.compare": ({ agreement }, { estimateId }) =>
    agreement.compare(estimateId, { from: 1, to: null }),
  "sharing.share": ({ sharing }, { estimateId }) => sharing.share(estimateId),
  "sharing.links": ({ sharing }, { estimateId }) => sharing.links(estimateId),
  "sharing.revoke": ({ sharing }, { linkId }) => sharing.revoke(linkId),
  "questions.list": ({ questions }, { estimateId }) => questions.list(estimateId),
  "questions.get": ({ questions }, { questionId }) => questions.get(questionId),
  "questions.answer": ({ questions }, { questionId }) => questions.answer(questionId, "Да"),
  "extras.contract": ({ extras }, { contractId }) => extras.contract(contractId),
  "extras.create": ({ extras }, { contractId }) => extras.create(contractId, { reason: "Розетки" }),
  "extras.details": ({ extras }, { extraId }) => extras.details(extraId),
  "extras.setReason": ({ extras }, { extraId }) => extras.setReason(extraId, "Розетки"),
  "extras.addPhoto": ({ extras }, { extraId }) => extras.addPhoto(extraId, testPng(2)),
  "extras.removePhoto": ({ extras }, { extraId, extraPhotoId }) =>
    extras.removePhoto(extraId, extraPhotoId),
  "extras.photo": ({ extras }, { extraId, extraPhotoId }) => extras.photo(extraId, extraPhotoId),
  "acts.list": ({ acts }, { contractId }) => acts.list(contractId),
  "acts.get": ({ acts }, { actId }) => acts.get(actId),
  "acts.remainder": ({ acts }, { contractId, actId }) => acts.remainder(contractId, actId),
  "acts.create": ({ acts }, { contractId }) => acts.create(contractId, { take: "everything" }),
  "acts.set": ({ acts }, { actId }) => acts.set(actId, { version: null, acceptedBy: "Петров" }),
  "acts.sign": ({ acts }, { actId }) => acts.sign(actId, { version: null }),
  "acts.cancel": ({ acts }, { signedActId }) => acts.cancel(signedActId),
  "acts.remove": ({ acts }, { actId }) => acts.remove(actId),
  "acts.order": ({ acts }, { signedActId }) =>
    acts.order(signedActId, { form: "ks2", format: "pdf" }, { chatId: null }),
  "payments.get": ({ payments }, { contractId }) => payments.get(contractId),
  "payments.add": ({ payments }, { contractId }) => payments.add(contractId, PAYMENT),
  "payments.remove": ({ payments }, { paymentId }) => payments.remove(paymentId),
  "payments.restore": ({ payments }, { paymentId }) => payments.restore(paymentId),
  "payments.addStage": ({ payments }, { contractId }) => payments.addStage(contractId, STAGE),
  "payments.removeStage": ({ payments }, { stageId }) => payments.removeStage(stageId),
};

/** About things that everybody of the company works with. */
export const SHARED_CALLS: Calls = {
  "clients.get": ({ clients }, { clientId }) => clients.get(clientId),
  "clients.set": ({ clients }, { clientId }) => clients.set(clientId, { note: "Моя" }),
  "projects.get": ({ projects }, { projectId }) => projects.get(projectId),
  "projects.set": ({ projects }, { projectId }) => projects.set(projectId, { note: "Моя" }),
  "crm.decideReview": ({ crm }, { reviewId }) => crm.decideReview(reviewId, null),
};

/** About what only the person who made it may see. */
export const PERSONAL_CALLS: Calls = {
  "lists.read": ({ lists }, { listId }) => lists.read(listId),
  "lists.setMapping": ({ lists }, { listId }) => lists.setMapping(listId, MAPPING),
};

/** About prices and work of the company: for its owners and managers. */
export const LEADER_CALLS: Calls = {
  "catalogue.set": ({ catalogue }, { itemId }) => catalogue.set(itemId, { code: "1" }),
  "deadLetters.retry": ({ deadLetters }, { deadLetterId }) => deadLetters.retry(deadLetterId),
};

/** About its people, keys, CRM and personal data: for its owners. */
export const OWNER_CALLS: Calls = {
  "team.revokeInvitation": ({ team }, { invitationId }) => team.revokeInvitation(invitationId),
  "team.setRole": ({ team }, { userId }) => team.setRole(userId, "foreman"),
  "team.remove": ({ team }, { userId }) => team.remove(userId),
  "apiKeys.revoke": ({ apiKeys }, { apiKeyId }) => apiKeys.revoke(apiKeyId),
  "privacy.export": ({ privacy }, { clientId }) => privacy.export(clientId),
  "privacy.erase": ({ privacy }, { clientId }) => privacy.erase(clientId),
  "crm.dismissProblem": ({ crm }, { connectionId }) => crm.dismissProblem(connectionId),
  "crm.setStageMap": ({ crm }, { connectionId }) =>
    crm.setStageMap(connectionId, {
      pipelineId: "1",
      stages: { submitted: null, approved: "2", returned: null },
    }),
  "crm.setApplicationToken": ({ crm }, { connectionId }) =>
    crm.setApplicationToken(connectionId, "token"),
  "crm.requestSync": ({ crm }, { connectionId }) => crm.requestSync(connectionId),
  "crm.disconnect": ({ crm }, { connectionId }) => crm.disconnect(connectionId),
};

/** What names no thing works in the caller's own company alone. */
export const OWN_CALLS: Calls = {
  "company.get": ({ company }) => company.get(),
  "company.vatModeOn": ({ company }) => company.vatModeOn(DAY),
  "company.today": ({ company }) => company.today(),
  "clients.create": ({ clients }) => clients.create(CLIENT),
  "clients.list": ({ clients }) => clients.list({}),
  "clients.findByPhone": ({ clients }, { phone }) => clients.findByPhone(phone),
  "projects.create": ({ projects }) => projects.create(PLACE),
  "projects.list": ({ projects }) => projects.list({}),
  "estimates.create": ({ estimates }) => estimates.create({ projectId: null }),
  "estimates.list": ({ estimates }) => estimates.list({}),
  "catalogue.list": ({ catalogue }) => catalogue.list({}),
  "catalogue.suggestPrices": ({ catalogue }, { mark }) =>
    catalogue.suggestPrices([{ name: mark, unit: "шт" }]),
  "lists.keep": ({ lists }) => lists.keep({ text: "Стены 5 м²", fileName: null, mapping: null }),
  "lists.rememberedMapping": ({ lists }, { mark }) => lists.rememberedMapping(mark),
  "lists.rememberMapping": ({ lists }, { mark }) => lists.rememberMapping(mark, MAPPING),
  "notifications.kinds": ({ notifications }) => notifications.kinds(),
  "notifications.setMuted": ({ notifications }) => notifications.setMuted("viewed", true),
  "notifications.history": ({ notifications }) => notifications.history({ whose: "mine" }),
  "extras.openContracts": ({ extras }) => extras.openContracts(100),
  "crm.reviews": ({ crm }) => crm.reviews(100),
  "repeating.begin": ({ repeating }, { mark }) => repeating.begin(mark, new Uint8Array([1])),
  "repeating.keep": ({ repeating }, { mark }) => repeating.keep(mark, { status: 200, body: "{}" }),
  "search.find": ({ search }, { mark }) => search.find({ text: mark }),
};

/** The same for owners and managers alone. */
export const OWN_LEADER_CALLS: Calls = {
  "catalogue.create": ({ catalogue }) => catalogue.create(ITEM),
  "catalogue.importItems": ({ catalogue }) => catalogue.importItems([ITEM]),
  "team.members": ({ team }) => team.members(),
  "deadLetters.list": ({ deadLetters }) => deadLetters.list({}),
  "logins.create": ({ logins }) => logins.create("manager"),
};

/** The same for owners alone. */
export const OWN_OWNER_CALLS: Calls = {
  "company.set": ({ company }) => company.set({ name: "Моя" }),
  "company.setVatMode": ({ company }) =>
    company.setVatMode({ validFrom: DAY, mode: { kind: "none", ground: "usn" } }),
  "team.invitations": ({ team }) => team.invitations(),
  "team.invite": ({ team }) => team.invite({ role: "foreman" }),
  "apiKeys.create": ({ apiKeys }) => apiKeys.create({ name: "1С", scope: "read" }),
  "apiKeys.list": ({ apiKeys }) => apiKeys.list(),
  "crm.connections": ({ crm }) => crm.connections(),
  "crm.requestConnecting": ({ crm }) =>
    crm.requestConnecting({ kind: "webhook", url: "https://x.ru" }, { chatId: 1, messageId: null }),
  "crm.recentErrors": ({ crm }) => crm.recentErrors(100),
  "crm.failedPushes": ({ crm }) => crm.failedPushes(100),
  "crm.retryFailedPushes": ({ crm }) => crm.retryFailedPushes(),
};

/** A half bolted on one's own thing: the second id is somebody else's. */
export type MixedCall = (services: Services, mine: Things, theirs: Things) => Promise<unknown>;

export const MIXED_CALLS: Readonly<Record<string, MixedCall>> = {
  "an estimate on a foreign object": ({ estimates }, _, { projectId }) =>
    estimates.create({ projectId }),
  "an estimate for a foreign client": ({ estimates }, _, { clientId }) =>
    estimates.create({ projectId: null, clientId }),
  "an object of a foreign client": ({ projects }, _, { clientId }) =>
    projects.create({ ...PLACE, clientId }),
  "an own object given to a foreign client": ({ projects }, { projectId }, { clientId }) =>
    projects.set(projectId, { clientId }),
  "an own estimate moved to a foreign object": ({ estimates }, { draftId }, { projectId }) =>
    estimates.change(draftId, {
      baseVersion: null,
      source: "bot",
      changes: [{ id: newId(), type: "estimate.set", set: { projectId } }],
    }),
  "a list put into a foreign section": ({ estimates }, { draftId }, { sectionId }) =>
    estimates.addList(
      draftId,
      [{ title: null, kind: "work", lines: [{ ...ITEM, quantity: QUANTITY_ONE }] }],
      { source: "bot", sectionId },
    ),
  "a photo on a foreign line": ({ photos }, { draftId }, { draftLineId }) =>
    photos.add(draftId, { id: newId(), lineId: draftLineId, ...PICTURES }),
  "a foreign photo of a line": ({ photos }, { draftId }, { photoId }) =>
    photos.read(draftId, photoId, "thumbnail"),
  "a foreign photo of extra work": ({ extras }, { extraId }, { extraPhotoId }) =>
    extras.photo(extraId, extraPhotoId),
  "a foreign frozen document": ({ agreement }, { estimateId }, { revisionId }) =>
    agreement.document(estimateId, revisionId),
  "foreign lines in an own act": ({ acts }, { contractId }, theirs) =>
    acts.create(contractId, {
      take: [
        {
          estimateId: theirs.contractId,
          lineId: theirs.contractLineId,
          quantity: 1n as Quantity,
        },
      ],
    }),
  "what is left beside a foreign act": ({ acts }, { contractId }, { actId }) =>
    acts.remainder(contractId, actId),
};
