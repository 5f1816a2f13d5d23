import { type Fields, asInteger, asList, asText, isMap } from "../../fake/values.ts";
import { decodeBase64 } from "./base64.ts";
import { RestError, invalidArgument, missingParameter } from "./errors.ts";
import { itemTypeByTimeline } from "./item_types.ts";
import {
  type Call,
  type Method,
  type MethodAnswer,
  pageOf,
  pageTail,
  readPage,
} from "./methods.ts";
import { compareBy, readOrder } from "./orders.ts";
import type { AttachedFile, PortalState, TimelineComment } from "./portal_state.ts";

/** Comments in the timeline, the way a PDF reaches a deal. api-reference/crm/timeline/comments */
export const TIMELINE_METHODS: readonly (readonly [string, Method])[] = [
  ["crm.timeline.comment.add", { scope: "crm", run: addComment }],
  ["crm.timeline.comment.list", { scope: "crm", run: listComments }],
];

/** Only a lower-case `fields` is read. A file that is not clean base64 is left out without a word. */
function addComment(portal: PortalState, params: Fields, call: Call): MethodAnswer {
  const fields = params["fields"];
  if (!isMap(fields)) throw missingParameter("fields");
  const files = asList(fields["FILES"]);
  if (call.isInBatch && files.length > 0 && !portal.options.areFilesAllowedInBatch) {
    throw new RestError(
      405,
      "ERROR_BATCH_METHOD_NOT_ALLOWED",
      "Method is not allowed for batch usage",
    );
  }
  const entityType = asText(fields["ENTITY_TYPE"]).toLowerCase();
  const entityId = asInteger(fields["ENTITY_ID"]);
  if (entityType === "" || entityId === null) {
    throw new RestError(400, "100", "Required fields are not provided");
  }
  const comment = asText(fields["COMMENT"]);
  if (comment.trim() === "") throw invalidArgument("Empty comment message");
  if (itemTypeByTimeline(entityType)?.table(portal).has(entityId) !== true) {
    throw new RestError(400, "OWNER_NOT_FOUND", "Owner was not found");
  }
  const id = portal.next("comment");
  portal.comments.push({
    id,
    entityType,
    entityId,
    comment,
    createdAt: portal.now(),
    authorId: portal.actorId,
    files: files.flatMap((file) => readAttachment(portal, file) ?? []),
  });
  portal.raise("ONCRMTIMELINECOMMENTADD", { ID: String(id) });
  return { result: id };
}

function readAttachment(portal: PortalState, value: unknown): AttachedFile | null {
  const [name, content] = asList(value);
  if (typeof name !== "string" || typeof content !== "string") return null;
  const bytes = decodeBase64(content);
  return bytes === null ? null : { id: portal.next("file"), name, bytes };
}

const SORTABLE = new Set(["ID", "CREATED", "AUTHOR_ID"]);

function listComments(portal: PortalState, params: Fields): MethodAnswer {
  const filter = params["filter"];
  if (!isMap(filter)) throw missingParameter("filter");
  const entityId = asInteger(filter["ENTITY_ID"] ?? filter["=ENTITY_ID"]);
  const entityType = asText(filter["ENTITY_TYPE"] ?? filter["=ENTITY_TYPE"]).toLowerCase();
  if (
    itemTypeByTimeline(entityType)
      ?.table(portal)
      .has(entityId ?? 0) !== true
  ) {
    throw new RestError(400, "", "Access denied.");
  }
  const orders = readOrder(params["order"], (name) => SORTABLE.has(name));
  const found = portal.comments
    .filter((one) => one.entityId === entityId && one.entityType === entityType)
    .toSorted(
      compareBy(
        orders,
        (one, name) => ({ ID: one.id, CREATED: one.createdAt, AUTHOR_ID: one.authorId })[name],
      ),
    );
  const page = readPage(params);
  const { rows, hasMore } = pageOf(
    found.map((one) => viewComment(portal, one)),
    page,
  );
  return { result: rows, ...pageTail(page, { total: found.length, hasMore }) };
}

function viewComment(portal: PortalState, one: TimelineComment): Fields {
  const created = portal.times.format(one.createdAt);
  return {
    ID: String(one.id),
    ENTITY_ID: String(one.entityId),
    ENTITY_TYPE: one.entityType,
    CREATED: created,
    COMMENT: one.comment,
    AUTHOR_ID: String(one.authorId),
    FILES: Object.fromEntries(
      one.files.map(({ id, name, bytes }) => [
        String(id),
        {
          id,
          date: created,
          type: "file",
          name,
          size: bytes.length,
          authorId: one.authorId,
          authorName: "Мария Петрова",
          urlShow: `https://${portal.host}/disk/showFile/${String(id)}/?&ncc=1`,
          urlDownload: `https://${portal.host}/disk/downloadFile/${String(id)}/?&ncc=1&filename=${encodeURIComponent(name)}`,
        },
      ]),
    ),
  };
}
