import { type ClientResponse, hc, type InferResponseType } from "hono/client";
import type { AppType } from "../../server/app.ts";

/**
 * The typed client of the server. This file alone knows the server, and only its types: nothing of it
 * comes into the build.
 */
export function createApi(options: { fetch: typeof fetch }) {
  return hc<AppType>("/", options).api.v1;
}

export type Api = ReturnType<typeof createApi>;

export type OpenedSession = InferResponseType<Api["session"]["$post"], 200>;
export type Me = OpenedSession["me"];
export type EstimatePage = InferResponseType<Api["estimates"]["$get"], 200>;
export type EstimateListItem = EstimatePage["items"][number];
export type OpenedEstimate = InferResponseType<Api["estimates"][":id"]["$get"], 200>;
/** What an estimate has besides its content. */
export type EstimateHead = OpenedEstimate["head"];
export type Client = InferResponseType<Api["clients"][":id"]["$get"], 200>;
export type Project = InferResponseType<Api["projects"][":id"]["$get"], 200>;
export type Company = InferResponseType<Api["company"]["$get"], 200>;
export type Revision = InferResponseType<
  Api["estimates"][":id"]["revisions"]["$get"],
  200
>["items"][number];
export type Comparison = InferResponseType<Api["estimates"][":id"]["compare"]["$get"], 200>;
export type Question = InferResponseType<
  Api["estimates"][":id"]["questions"]["$get"],
  200
>["items"][number];
export type SearchPage = InferResponseType<Api["search"]["$get"], 200>;
export type SearchHit = SearchPage["items"][number];
export type CatalogueItem = InferResponseType<Api["catalogue"]["$get"], 200>["items"][number];

/**
 * An answer that is not a success. `code` is the server's; `offline` when there was no answer at all.
 * `message` is a sentence for people.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }

  /** Whether the same request may succeed later without anybody doing anything. */
  get isTemporary(): boolean {
    return this.code === "offline" || this.status === 429 || this.status >= 500;
  }
}

/** What the body of a success is: answers of other statuses and without JSON are not read. */
type SuccessBody<Answer> =
  Answer extends ClientResponse<infer Body, infer Status, "json">
    ? Status extends 200 | 201 | 202
      ? Body
      : never
    : never;

type AnyAnswer = Pick<Response, "ok" | "status"> & { json(): Promise<unknown> };

/** The body of a successful answer; throws `ApiError` for every other end. */
export async function read<Answer extends AnyAnswer>(
  request: Promise<Answer>,
): Promise<SuccessBody<Answer>> {
  const answer = await reach(request);
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json().catch(() => {
    throw offline();
  })) as SuccessBody<Answer>;
}

/** The answer, whatever its status; throws `ApiError` when there is none. */
export async function reach<Answer>(request: Promise<Answer>): Promise<Answer> {
  try {
    return await request;
  } catch (error) {
    throw error instanceof ApiError ? error : offline();
  }
}

export async function refusal(answer: AnyAnswer): Promise<ApiError> {
  const body: unknown = await answer.json().catch(() => null);
  const { code, message } = (body as { error?: { code?: string; message?: string } } | null)
    ?.error ?? { code: "internal" };
  return new ApiError(
    answer.status,
    code ?? "internal",
    message ?? "Сервер ответил непонятно. Попробуйте ещё раз.",
  );
}

function offline(): ApiError {
  return new ApiError(0, "offline", "Нет связи. Проверьте интернет и попробуйте ещё раз.");
}
