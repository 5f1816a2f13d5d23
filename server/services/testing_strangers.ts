import type { Actor } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { insertDeadLetter } from "../../db/dead_letters.ts";
import { insertQuestion } from "../../db/questions.ts";
import { indexSearch } from "../../db/search.ts";
import { addCrm, nobodysCrm } from "../../db/testing_crm.ts";
import { newId } from "../new_id.ts";
import type { TestWork } from "../testing.ts";
import { newEstimate, shareWithClient, type TestPeople } from "./testing_agreement.ts";
import { testJpeg, testPng } from "./testing_pictures.ts";
import { approve, done, linesOf, newExtra, shareOf } from "./testing_contracts.ts";

/** One of everything that the services know. */
export interface Things {
  /** Stands in a text of everything that lists show. */
  readonly mark: string;
  readonly phone: string;
  readonly userId: Id;
  readonly clientId: Id;
  readonly projectId: Id;
  /** Submitted to the client. */
  readonly estimateId: Id;
  readonly revisionId: Id;
  readonly linkId: Id;
  readonly questionId: Id;
  readonly documentId: Id;
  /** Being edited. */
  readonly draftId: Id;
  readonly draftLineId: Id;
  readonly sectionId: Id;
  readonly photoId: Id;
  /** Approved. */
  readonly contractId: Id;
  readonly contractLineId: Id;
  readonly extraId: Id;
  readonly extraPhotoId: Id;
  readonly actId: Id;
  readonly signedActId: Id;
  readonly paymentId: Id;
  readonly stageId: Id;
  readonly itemId: Id;
  readonly listId: Id;
  readonly invitationId: Id;
  readonly apiKeyId: Id;
  readonly deadLetterId: Id;
  readonly connectionId: Id;
  readonly reviewId: Id;
}

/** What nobody has, under the names of `things`. */
export function nobodys(things: Things): Things {
  const ids = Object.fromEntries(Object.keys(things).map((name) => [name, newId()]));
  // What is no id is what a person types.
  return { ...things, ...ids, mark: "Никогда", phone: "+79990000000" };
}

/** The first half of each id of `things`: PostgreSQL would not take it for one. */
export function halves(things: Things): Things {
  const ids = Object.entries(things).map(([name, id]) => [name, String(id).slice(0, 18)]);
  return { ...things, ...Object.fromEntries(ids), mark: "Никогда", phone: "+79990000000" };
}

/** Everything of it is the foreman's, as far as a person can have it. */
export async function fillCompany(
  work: TestWork,
  people: TestPeople,
  mark: string,
  number: number,
): Promise<Things> {
  const { owner, foreman } = people;
  const { companyId } = owner;
  const phone = `+7916000${number}000`;
  const { sql } = work.database;
  await sql`update companies set name = ${mark} where company_id = ${companyId}`;
  const shared = await shareWithClient(work, foreman);
  const contract = await newContract(work, people);
  const rest = await addRecords(work, owner, foreman, { mark, phone, number });
  const draft = await addDraft(work, foreman, mark);
  const [questionId, deadLetterId] = [newId(), newId()];
  const revisionId = shared.revision.id;
  const line = null;
  await tenantTransaction(sql, companyId, async (tx) => {
    await insertQuestion(tx, companyId, {
      id: questionId,
      revisionId,
      line,
      text: "А грунтовка входит?",
      authorName: "Ирина",
      askedAt: work.clock.now,
    });
    await insertDeadLetter(tx, companyId, {
      id: deadLetterId,
      queue: "document.render",
      reason: mark,
      diedAt: work.clock.now,
      payload: { companyId, documentId: newId() },
    });
  });
  const crm = { ...nobodysCrm(number), companyId, name: mark, clientId: rest.clientId };
  await addCrm(sql, { ...crm, estimateId: contract.contractId, ownerId: owner.userId });
  await tenantTransaction(sql, companyId, (tx) => indexSearch(tx, companyId, 1000));
  const document = await work.asActor(foreman, ({ documents }) =>
    documents.order(shared.id, "xlsx", { chatId: null }),
  );
  return {
    mark,
    phone,
    userId: foreman.userId,
    estimateId: shared.id,
    revisionId,
    linkId: shared.link.id,
    questionId,
    documentId: document.id,
    deadLetterId,
    connectionId: crm.connectionId,
    reviewId: crm.reviewId,
    ...draft,
    ...contract,
    ...rest,
  };
}

async function newContract(work: TestWork, people: TestPeople) {
  const { foreman } = people;
  const { id: contractId } = await newEstimate(work, foreman);
  await approve(work, people, contractId);
  const extraId = await newExtra(work, foreman, contractId);
  return work.asActor(foreman, async ({ acts, extras, payments }) => {
    const photo = await extras.addPhoto(extraId, testPng(1));
    const left = await acts.remainder(contractId);
    const take = shareOf(left, 300n);
    const signed = done(await acts.create(contractId, { take }));
    done(await acts.sign(signed.id, { version: null }));
    const act = done(await acts.create(contractId, { take }));
    const payment = await payments.add(contractId, {
      kind: "advance",
      title: "",
      amount: kopecks(100_00n),
    });
    const stage = await payments.addStage(contractId, {
      title: "Аванс",
      size: { kind: "amount", amount: kopecks(100_00n) },
      dueOn: null,
    });
    return {
      contractId,
      contractLineId: linesOf(left)[0]?.id ?? "",
      extraId,
      extraPhotoId: photo.id,
      actId: act.id,
      signedActId: signed.id,
      paymentId: payment.id,
      stageId: stage.id,
    };
  });
}

async function addDraft(work: TestWork, foreman: Actor, mark: string) {
  const { id: draftId } = await newEstimate(work, foreman);
  return work.asActor(foreman, async ({ estimates, photos }) => {
    const change = { id: newId(), type: "estimate.set", set: { title: mark } } as const;
    await estimates.change(draftId, { baseVersion: null, source: "bot", changes: [change] });
    const { content } = await estimates.content(draftId);
    const [draftLineId = ""] = content.lines.keys();
    const [sectionId = ""] = content.sections.keys();
    const pictures = { picture: testJpeg(), thumbnail: testJpeg() };
    const photo = await photos.add(draftId, { id: newId(), lineId: draftLineId, ...pictures });
    return { draftId, draftLineId, sectionId, photoId: photo.id };
  });
}

async function addRecords(
  work: TestWork,
  owner: Actor,
  foreman: Actor,
  {
    mark,
    phone,
    number,
  }: { readonly mark: string; readonly phone: string; readonly number: number },
) {
  const ofOwner = await work.asActor(owner, async (services) => {
    const { clients, projects, catalogue, team, apiKeys } = services;
    const client = await clients.create({
      name: mark,
      kind: "person",
      emails: [],
      inn: "",
      address: "",
      note: "",
      phones: [{ raw: phone, e164: phone }],
    });
    const project = await projects.create({
      title: mark,
      address: "",
      clientId: client.id,
      note: "",
    });
    const item = await catalogue.create({
      kind: "work",
      name: mark,
      unit: "шт",
      code: "",
      section: "",
      price: kopecks(BigInt(777_700 + number)),
      cost: null,
    });
    const invitation = await team.invite({ role: "owner" });
    const { key } = await apiKeys.create({ name: mark, scope: "read" });
    return {
      clientId: client.id,
      projectId: project.id,
      itemId: item.id,
      invitationId: invitation.id,
      apiKeyId: key.id,
    };
  });
  const listId = await work.asActor(foreman, async ({ lists, repeating }) => {
    const mapping = { name: 3, unit: null, quantity: null, price: 4, sum: null, code: null };
    await lists.rememberMapping(mark, { ...mapping, skipRows: 1 });
    await repeating.begin(mark, new Uint8Array([1]));
    await repeating.keep(mark, { status: 201, body: JSON.stringify({ mark }) });
    return lists.keep({ text: mark, fileName: null, mapping: null });
  });
  return { ...ofOwner, listId };
}
