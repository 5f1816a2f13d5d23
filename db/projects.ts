import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { ProjectFields } from "../domain/projects.ts";
import type { Project } from "../domain/services.ts";
import type { Transaction } from "./client.ts";
import type { Patch } from "./patches.ts";

const projectRow = z
  .object({
    id: z.string(),
    title: z.string(),
    address: z.string(),
    client_id: z.string().nullable(),
    client_name: z.string().nullable(),
    note: z.string(),
  })
  .transform(({ client_id: clientId, client_name: clientName, ...row }): Project => ({
    ...row,
    clientId,
    clientName,
  }));

function projectColumns(tx: Transaction) {
  return tx`
    projects.id, projects.title, projects.address, projects.client_id,
    clients.name as client_name, projects.note
  `;
}

/** Throws a foreign key violation when the client is not one of the company's. */
export async function insertProject(
  tx: Transaction,
  companyId: Id,
  project: ProjectFields & { readonly id: Id },
): Promise<void> {
  await tx`
    insert into projects (company_id, id, title, address, client_id, note)
    values (
      ${companyId}, ${project.id}, ${project.title}, ${project.address}, ${project.clientId},
      ${project.note}
    )
  `;
}

export async function findProject(tx: Transaction, companyId: Id, id: Id): Promise<Project | null> {
  const [row] = await tx`
    select ${projectColumns(tx)}
    from projects
    left join clients
      on clients.company_id = projects.company_id and clients.id = projects.client_id
    where projects.company_id = ${companyId}
      and projects.id = ${id}
      and projects.removed_at is null
  `;
  return row ? projectRow.parse(row) : null;
}

/** False when there is no such object. A client that is not the company's: as `insertProject`. */
export async function updateProject(
  tx: Transaction,
  companyId: Id,
  id: Id,
  fields: Patch<ProjectFields>,
): Promise<boolean> {
  const result = await tx`
    update projects
    set
      title = coalesce(${fields.title ?? null}, title),
      address = coalesce(${fields.address ?? null}, address),
      client_id = case
        when ${fields.clientId === undefined} then client_id
        else ${fields.clientId ?? null}::uuid
      end,
      note = coalesce(${fields.note ?? null}, note)
    where company_id = ${companyId} and id = ${id} and removed_at is null
  `;
  return result.count > 0;
}

/** Puts the object first in lists. */
export async function touchProject(tx: Transaction, companyId: Id, id: Id): Promise<void> {
  await tx`
    update projects
    set used_at = now()
    where company_id = ${companyId} and id = ${id}
  `;
}

/** A place in the list of objects. */
export interface ProjectPlace {
  /** Microseconds since 1970, in decimal: a Date would lose the last three digits. */
  readonly usedAt: string;
  readonly id: Id;
}

export interface ProjectFilter {
  /** Lower case, ё as е; each must be found in the title, address, client's name or phone. */
  readonly words: readonly string[];
  /** The place of the last row of the page before. */
  readonly before: ProjectPlace | null;
  readonly limit: number;
}

/**
 * Last used first, `limit` + 1 rows at most: the one too many tells that there is a next page.
 * `usedAt` as in `ProjectPlace`.
 */
export async function listProjects(
  tx: Transaction,
  companyId: Id,
  { words, before, limit }: ProjectFilter,
): Promise<{ project: Project; usedAt: string }[]> {
  const rows = await tx`
    select
      ${projectColumns(tx)}, (extract(epoch from projects.used_at) * 1000000)::bigint as used_at
    from projects
    left join clients
      on clients.company_id = projects.company_id and clients.id = projects.client_id
    where projects.company_id = ${companyId}
      and projects.removed_at is null
      ${before ? isBefore(tx, before) : tx``}
      ${words.length > 0 ? words.map((word) => matching(tx, word)) : tx``}
    order by projects.used_at desc, projects.id desc
    limit ${limit + 1}
  `;
  return rows.map((row) => ({
    project: projectRow.parse(row),
    usedAt: z.object({ used_at: z.string() }).parse(row).used_at,
  }));
}

function matching(tx: Transaction, word: string) {
  return tx`
    and strpos(lower(translate(concat_ws(' ',
      projects.title, projects.address, clients.name,
      array_to_string(clients.phone_numbers, ' ')
    ), 'Ёё', 'Ее')), ${word}) > 0
  `;
}

function isBefore(tx: Transaction, { usedAt, id }: ProjectPlace) {
  return tx`
    and (projects.used_at, projects.id)
      < ('epoch'::timestamptz + ${usedAt}::bigint * interval '1 microsecond', ${id}::uuid)
  `;
}
