import type { AccountState, Pipeline, Status } from "./account_state.ts";
import { href } from "./links_out.ts";
import { problem } from "./problems.ts";
import type { ApiCall, ApiReply } from "./routing.ts";

/** Won and lost, the same two numbers in every pipeline. */
export const WON = 142;
export const LOST = 143;

export const PIPELINES: readonly Pipeline[] = [
  { id: 3_100_001, name: "Продажи", sort: 1, isMain: true, isArchived: false },
  { id: 3_100_047, name: "Ремонт под ключ", sort: 2, isMain: false, isArchived: false },
];

export function seedStatuses(): Status[] {
  return [
    ...statusesOf(3_100_001, 31_000_101, [
      "Первичный контакт",
      "Замер",
      "Смета отправлена",
      "Договор",
    ]),
    ...statusesOf(3_100_047, 31_000_201, ["Заявка", "Смета согласована", "Идёт ремонт"]),
  ];
}

function statusesOf(pipelineId: number, firstId: number, names: readonly string[]): Status[] {
  const open = names.map((name, index) => ({
    id: firstId + (index + 1) * 3,
    pipelineId,
    name,
    sort: (index + 2) * 10,
    type: 0 as const,
    color: "#99ccff",
  }));
  const unsorted = {
    id: firstId,
    pipelineId,
    name: "Неразобранное",
    sort: 10,
    type: 1 as const,
    color: "#c1c1c1",
  };
  const won = {
    id: WON,
    pipelineId,
    name: "Успешно реализовано",
    sort: 10_000,
    type: 0 as const,
    color: "#CCFF66",
  };
  const lost = {
    id: LOST,
    pipelineId,
    name: "Закрыто и не реализовано",
    sort: 11_000,
    type: 0 as const,
    color: "#D5D8DB",
  };
  return [unsorted, ...open, won, lost];
}

export function statusesIn(account: AccountState, pipelineId: number): Status[] {
  return account.statuses
    .filter((status) => status.pipelineId === pipelineId)
    .toSorted((a, b) => a.sort - b.sort);
}

/** Where new leads of a pipeline begin: its first status that can be set. */
export function firstStatusId(account: AccountState, pipelineId: number): number {
  return statusesIn(account, pipelineId).find(({ type }) => type === 0)?.id ?? WON;
}

/** GET /leads/pipelines and /leads/pipelines/{id}. Not paged. */
export function listPipelines({ account }: ApiCall): ApiReply {
  const pipelines = account.pipelines.toSorted((a, b) => a.sort - b.sort);
  return {
    status: 200,
    body: {
      _total_items: pipelines.length,
      _links: { self: { href: href(account, "/api/v4/leads/pipelines") } },
      _embedded: { pipelines: pipelines.map((pipeline) => viewPipeline(account, pipeline)) },
    },
  };
}

export function getPipeline({ account, ids }: ApiCall): ApiReply {
  const pipeline = account.pipelines.find(({ id }) => id === ids[0]);
  if (pipeline === undefined) throw problem(404, "Pipeline not found");
  return { status: 200, body: viewPipeline(account, pipeline) };
}

function viewPipeline(account: AccountState, pipeline: Pipeline): object {
  const path = `/api/v4/leads/pipelines/${String(pipeline.id)}`;
  return {
    id: pipeline.id,
    name: pipeline.name,
    sort: pipeline.sort,
    is_main: pipeline.isMain,
    is_unsorted_on: true,
    is_archive: pipeline.isArchived,
    account_id: account.id,
    _links: { self: { href: href(account, path) } },
    _embedded: {
      statuses: statusesIn(account, pipeline.id).map((status) => ({
        id: status.id,
        name: status.name,
        sort: status.sort,
        is_editable: status.type === 0 && status.id !== WON && status.id !== LOST,
        pipeline_id: pipeline.id,
        color: status.color,
        type: status.type,
        account_id: account.id,
        _links: { self: { href: href(account, `${path}/statuses/${String(status.id)}`) } },
      })),
    },
  };
}
