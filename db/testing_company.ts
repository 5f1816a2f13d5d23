import type { Role } from "../domain/access.ts";
import { nameKey } from "../domain/catalogue.ts";
import type { Id } from "../domain/ids.ts";
import type { Sql } from "./client.ts";
import { addContract, nobodysContract, type TestContract } from "./testing_contracts.ts";
import { addCrm, nobodysCrm, type TestCrm } from "./testing_crm.ts";
import { testId } from "./testing_ids.ts";

/** A company with one person of each role. */
export interface TestCompany {
  readonly companyId: Id;
  readonly ownerId: Id;
  readonly managerId: Id;
  readonly foremanId: Id;
}

/** Runs as the owner of the tables. `name` is in every person's name, too. */
export async function foundTestCompany(sql: Sql, name: string): Promise<TestCompany> {
  const companyId = testId();
  await sql`insert into companies (company_id, name) values (${companyId}, ${name})`;
  return {
    companyId,
    ownerId: await addMember(sql, companyId, "owner", name),
    managerId: await addMember(sql, companyId, "manager", name),
    foremanId: await addMember(sql, companyId, "foreman", name),
  };
}

async function addMember(sql: Sql, companyId: Id, role: Role, name: string): Promise<Id> {
  const userId = testId();
  await sql`insert into users (user_id, name) values (${userId}, ${`${role} ${name}`})`;
  await sql`
    insert into memberships (company_id, user_id, role)
    values (${companyId}, ${userId}, ${role})
  `;
  return userId;
}

/** Things of one company: at least one row in every table with a company_id. */
export interface TestThings extends TestCompany, TestCrm, TestContract {
  /** Stands in every text of the company and in no other company's. */
  readonly name: string;
  readonly telegramId: number;
  /** A person of no team. */
  readonly strangerId: Id;
  readonly clientId: Id;
  readonly phone: string;
  readonly projectId: Id;
  readonly estimateId: Id;
  readonly sectionId: Id;
  readonly lineId: Id;
  readonly adjustmentId: Id;
  readonly roomId: Id;
  readonly photoId: Id;
  readonly changeId: Id;
  readonly itemId: Id;
  readonly listId: Id;
  readonly documentId: Id;
  readonly notificationId: Id;
  readonly deadLetterId: Id;
  readonly invitationId: Id;
  /** Returned, so that the estimate is being edited. */
  readonly revisionId: Id;
  readonly sha256: string;
  readonly linkId: Id;
  readonly questionId: Id;
  readonly exportId: Id;
  readonly apiKeyId: Id;
  /** Of the session, the invitation and the link. */
  readonly token: string;
  /** Of VAT on top, valid since the first day of the month `number` + 1 of 2025. */
  readonly vatRate: "5" | "7";
}

/** `number` (0 to 8) keeps apart what must be unique in the whole database. */
export async function fillTestCompany(sql: Sql, name: string, number: number): Promise<TestThings> {
  const company = await foundTestCompany(sql, name);
  const things: TestThings = {
    ...company,
    ...nobodysCrm(number),
    ...nobodysContract(),
    name,
    telegramId: 7_000_000_000 + number,
    strangerId: testId(),
    clientId: testId(),
    phone: `+7916000000${number}`,
    projectId: testId(),
    estimateId: testId(),
    sectionId: testId(),
    lineId: testId(),
    adjustmentId: testId(),
    roomId: testId(),
    photoId: testId(),
    changeId: testId(),
    itemId: testId(),
    listId: testId(),
    documentId: testId(),
    notificationId: testId(),
    deadLetterId: testId(),
    invitationId: testId(),
    revisionId: testId(),
    sha256: String(number + 1).repeat(64),
    linkId: testId(),
    questionId: testId(),
    exportId: testId(),
    apiKeyId: testId(),
    token: `token of ${name}`,
    vatRate: number === 0 ? "5" : "7",
  };
  await addPeopleAndPlaces(sql, things);
  await sql`
    insert into company_vat_modes (company_id, valid_from, mode)
    values (
      ${company.companyId}, ${`2025-0${number + 1}-01`},
      ${sql.json({ kind: "on_top", rate: things.vatRate })}
    )
  `;
  await addEstimate(sql, things);
  await addTheRest(sql, things);
  await addAgreement(sql, things);
  await addContract(sql, things);
  await addCrm(sql, things);
  await addManagerPage(sql, things);
  await sql`select index_search(${things.companyId}, 1000)`;
  // Something is always behind.
  await sql`
    insert into search_marks (company_id, document_id)
    values (${things.companyId}, ${things.clientId})
  `;
  return things;
}

async function addPeopleAndPlaces(sql: Sql, things: TestThings): Promise<void> {
  const { companyId, name, clientId } = things;
  await sql`insert into users (user_id, name) values (${things.strangerId}, 'Прохожий')`;
  await sql`
    insert into telegram_users (telegram_id, user_id, first_name, active_company_id)
    values (${things.telegramId}, ${things.ownerId}, ${name}, ${companyId})
  `;
  await sql`
    insert into clients (company_id, id, name, kind, phones, phone_numbers)
    values (
      ${companyId}, ${clientId}, ${name}, 'person',
      ${sql.json([{ raw: things.phone, e164: things.phone }])}, ${[things.phone]}
    )
  `;
  await sql`
    insert into projects (company_id, id, title, client_id)
    values (${companyId}, ${things.projectId}, ${name}, ${clientId})
  `;
}

async function addEstimate(sql: Sql, things: TestThings): Promise<void> {
  const { companyId, name, estimateId } = things;
  await sql`
    insert into estimate_counters (company_id, year, last_sequence)
    values (${companyId}, 2026, 1)
  `;
  await sql`
    insert into estimates (
      company_id, id, number_year, number_sequence, version, project_id, client_id, title, date,
      vat, price_kind, payment_terms, warranty, note, internal_note, line_count, foreman_id,
      created_by
    )
    values (
      ${companyId}, ${estimateId}, 2026, 1, 1, ${things.projectId}, ${things.clientId}, ${name},
      '2026-11-22', ${sql.json({ kind: "none", ground: "usn" })}, 'firm', '', '', '', '', 1,
      ${things.foremanId}, ${things.foremanId}
    )
  `;
  await sql`
    insert into estimate_sections (company_id, estimate_id, id, title, kind, position, line_count)
    values (${companyId}, ${estimateId}, ${things.sectionId}, ${name}, 'work', 'a0', 1)
  `;
  await sql`
    insert into estimate_lines (
      company_id, estimate_id, id, section_id, position, kind, name, unit, quantity,
      quantity_formula, price, is_optional, is_chosen, price_source, note, internal_note
    )
    values (
      ${companyId}, ${estimateId}, ${things.lineId}, ${things.sectionId}, 'a0', 'work', ${name},
      'м²', 2, ${`{${things.roomId}.floor}`}, 450, false, false, 'typed', '', ''
    )
  `;
  await sql`
    insert into estimate_adjustments (
      company_id, estimate_id, id, position, title, percent, base, is_hidden
    )
    values (${companyId}, ${estimateId}, ${things.adjustmentId}, 'a0', ${name}, 5, 'all', false)
  `;
  await sql`
    insert into estimate_rooms (
      company_id, estimate_id, id, position, name, length, width, height, openings
    )
    values (${companyId}, ${estimateId}, ${things.roomId}, 'a0', ${name}, 4, 3, 2.7, '[]')
  `;
  await sql`
    insert into line_photos (
      company_id, id, estimate_id, line_id, picture, thumbnail, width, height, created_by
    )
    values (
      ${companyId}, ${things.photoId}, ${estimateId}, ${things.lineId}, ${Buffer.from(name)},
      ${Buffer.from(name)}, 2, 1, ${things.foremanId}
    )
  `;
  const change = {
    id: things.changeId,
    type: "line.set",
    lineId: things.lineId,
    set: { name, price: "450.00" },
  };
  await sql`
    insert into estimate_changes (
      company_id, estimate_id, change_id, version, ordinal, change, user_id, source
    )
    values (
      ${companyId}, ${estimateId}, ${things.changeId}, 1, 0, ${sql.json(change)},
      ${things.foremanId}, 'bot'
    )
  `;
}

async function addTheRest(sql: Sql, things: TestThings): Promise<void> {
  const { companyId, name } = things;
  const mapping = {
    name: 0,
    unit: 1,
    quantity: 2,
    price: 3,
    sum: null,
    code: null,
    skipRows: 1,
  };
  await sql`
    insert into catalogue_items (company_id, id, kind, name, name_key, unit, price, source)
    values (${companyId}, ${things.itemId}, 'work', ${name}, ${nameKey(name)}, 'шт', 100, 'manual')
  `;
  await sql`
    insert into imported_records (company_id, source, kind, source_id, thing_id)
    values (${companyId}, 'sqlite', 'client', ${name}, ${things.clientId})
  `;
  await sql`
    insert into kept_lists (company_id, id, user_id, text, created_at)
    values (${companyId}, ${things.listId}, ${things.foremanId}, ${name}, '2026-01-01')
  `;
  await sql`
    insert into column_mappings (company_id, header_key, mapping)
    values (${companyId}, ${name}, ${sql.json(mapping)})
  `;
  await sql`
    insert into documents (
      company_id, id, estimate_id, version, format, status, file_name, bytes, ordered_by, chat_id
    )
    values (
      ${companyId}, ${things.documentId}, ${things.estimateId}, 1, 'pdf', 'ready', ${name},
      ${Buffer.from(name)}, ${things.foremanId}, ${things.telegramId}
    )
  `;
  await sql`
    insert into telegram_notifications (
      company_id, id, telegram_id, kind, content, estimate_id, collapse_key, not_before
    )
    values (
      ${companyId}, ${things.notificationId}, ${things.telegramId}, 'test', ${sql.json({ name })},
      ${things.estimateId}, 'test', '2100-01-01'
    )
  `;
  await sql`
    insert into dead_letters (company_id, id, queue, payload, reason, died_at)
    values (
      ${companyId}, ${things.deadLetterId}, 'test', ${sql.json({ name })}, ${name}, now()
    )
  `;
  await sql`
    insert into sessions (token_hash, company_id, user_id, kind, expires_at)
    values (
      sha256(${Buffer.from(things.token)}), ${companyId}, ${things.ownerId}, 'manager',
      '2100-01-01'
    )
  `;
}

async function addManagerPage(sql: Sql, things: TestThings): Promise<void> {
  const { companyId, name } = things;
  await sql`
    insert into login_links (company_id, id, user_id, token_hash, expires_at)
    values (
      ${companyId}, ${testId()}, ${things.managerId}, sha256(${Buffer.from(things.token)}),
      '2100-01-01'
    )
  `;
  await sql`
    insert into list_exports (company_id, id, user_id, format, filter, status, bytes)
    values (
      ${companyId}, ${things.exportId}, ${things.managerId}, 'csv', ${sql.json({ q: name })},
      'ready', ${Buffer.from(name)}
    )
  `;
  await sql`
    insert into erasures (company_id, id, client_id, erased_by, erased_at, kept_revisions)
    values (${companyId}, ${testId()}, ${things.clientId}, ${things.ownerId}, now(), 0)
  `;
}

async function addAgreement(sql: Sql, things: TestThings): Promise<void> {
  const { companyId, name, revisionId, estimateId } = things;
  await sql`
    insert into api_keys (company_id, id, name, scope, token_hash, created_by, created_at)
    values (
      ${companyId}, ${things.apiKeyId}, ${name}, 'write', sha256(${Buffer.from(things.token)}),
      ${things.ownerId}, '2026-01-01'
    )
  `;
  await sql`
    insert into repeatable_requests (company_id, user_id, key, digest, status, body, created_at)
    values (${companyId}, ${things.foremanId}, ${name}, '', 201, ${name}, '2100-01-01')
  `;
  const tokenHash = sql`sha256(${Buffer.from(things.token)})`;
  await sql`
    insert into invitations (company_id, id, token_hash, role, uses_left, created_by, expires_at)
    values (
      ${companyId}, ${things.invitationId}, ${tokenHash}, 'foreman', 1, ${things.ownerId},
      '2100-01-01'
    )
  `;
  await sql`
    insert into estimate_revisions (
      company_id, id, estimate_id, revision, version, content, document, sha256, total_amount,
      calc_version, audience, status, submitted_by
    )
    values (
      ${companyId}, ${revisionId}, ${estimateId}, 1, 1, ${sql.json(contentOf(name))}, ${name},
      ${things.sha256}, 900, 1, 'client', 'returned', ${things.foremanId}
    )
  `;
  await sql`
    update documents
    set revision_id = ${revisionId}
    where company_id = ${companyId}
  `;
  await sql`
    insert into share_links (company_id, id, revision_id, token_hash, created_by, expires_at)
    values (
      ${companyId}, ${things.linkId}, ${revisionId}, ${tokenHash}, ${things.foremanId},
      '2100-01-01'
    )
  `;
  await sql`
    insert into approvals (
      company_id, id, revision_id, sha256, decision, side, channel, link_id, name, document,
      total_amount
    )
    values (
      ${companyId}, ${testId()}, ${revisionId}, ${things.sha256}, 'approved', 'client', 'page',
      ${things.linkId}, ${name}, ${name}, 900
    )
  `;
  await sql`
    insert into questions (company_id, id, revision_id, text)
    values (${companyId}, ${things.questionId}, ${revisionId}, ${name})
  `;
  await sql`
    insert into notification_mutes (company_id, user_id, kind)
    values (${companyId}, ${things.ownerId}, 'viewed')
  `;
  await sql`insert into reminders_sent (company_id, key) values (${companyId}, ${name})`;
}

/** An empty content whose title is the company's name. */
function contentOf(name: string) {
  return {
    header: {
      title: name,
      projectId: null,
      clientId: null,
      date: "2026-11-22",
      validUntil: null,
      vat: { kind: "none" as const, ground: "usn" as const },
      discount: null,
      priceKind: "firm" as const,
      paymentTerms: "",
      warranty: "",
      note: "",
      internalNote: "",
    },
    sections: [],
    lines: [],
    adjustments: [],
  };
}
