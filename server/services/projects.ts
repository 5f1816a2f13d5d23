import { type AppError, notFound } from "../../domain/errors.ts";
import { type Id, packId, unpackId } from "../../domain/ids.ts";
import { projectFieldsSchema } from "../../domain/projects.ts";
import type { Project, ProjectService } from "../../domain/services.ts";
import {
  findProject,
  insertProject,
  listProjects,
  type ProjectPlace,
  updateProject,
} from "../../db/projects.ts";
import { readClient } from "./clients.ts";
import { byId, readInput } from "./input.ts";
import { makePage, readPageRequest, staleCursor } from "./paging.ts";
import { demand, type Scope } from "./scope.ts";

const NAMES = {
  title: "Название объекта",
  address: "Адрес",
  clientId: "Заказчик",
  note: "Заметка",
};

const fieldsSchema = projectFieldsSchema.partial();

export function createProjectService(scope: Scope): ProjectService {
  const { tx, actor } = scope;
  return {
    create: async (fields) => {
      demand(scope, "project.edit");
      const project = { ...readInput(projectFieldsSchema, fields, NAMES), id: scope.newId() };
      const client = project.clientId === null ? null : await readClient(scope, project.clientId);
      await insertProject(tx, actor.companyId, project);
      return { ...project, clientName: client?.name ?? null };
    },
    get: async (id) => {
      demand(scope, "project.read");
      return readProject(scope, id);
    },
    set: async (id, fields) => {
      demand(scope, "project.edit");
      const changed = readInput(fieldsSchema, fields, NAMES);
      await readProject(scope, id);
      if (changed.clientId) await readClient(scope, changed.clientId);
      await updateProject(tx, actor.companyId, id, changed);
      return readProject(scope, id);
    },
    list: async (request) => {
      demand(scope, "project.read");
      const { words, cursor, limit } = readPageRequest(request);
      const before = cursor === null ? null : readPlace(cursor);
      const rows = await listProjects(tx, actor.companyId, { words, before, limit });
      return makePage(rows, limit, {
        item: (row) => row.project,
        place: ({ usedAt, project }) => writePlace({ usedAt, id: project.id }),
      });
    },
  };
}

async function readProject({ tx, actor }: Scope, id: Id): Promise<Project> {
  const project = await byId(id, () => findProject(tx, actor.companyId, id));
  if (!project) throw projectNotFound();
  return project;
}

function projectNotFound(): AppError {
  return notFound("Карточка объекта");
}

/** "hyt5kq2m3n.AZ…": 33 characters, so that it fits into a button of the chat. */
function writePlace({ usedAt, id }: ProjectPlace): string {
  return `${BigInt(usedAt).toString(36)}.${packId(id)}`;
}

function readPlace(cursor: string): ProjectPlace {
  const match = /^([0-9a-z]{1,11})\.(.{22})$/.exec(cursor);
  const id = unpackId(match?.[2] ?? "");
  if (!match || id === null) throw staleCursor();
  return { usedAt: readBase36(match[1] ?? "").toString(), id };
}

function readBase36(text: string): bigint {
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value;
}
