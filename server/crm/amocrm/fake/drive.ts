import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { createFakeApp } from "../../fake/app.ts";
import {
  type FakeContext,
  exchange,
  htmlReply,
  jsonReply,
  type Reply,
} from "../../fake/exchange.ts";
import { asText, isMap } from "../../fake/values.ts";
import type { AccountState, StoredFile } from "./account_state.ts";
import type { Tokens } from "./oauth.ts";
import { Problem, problem } from "./problems.ts";

interface UploadSession {
  id: number;
  name: string;
  size: number;
  contentType: string;
  parts: Uint8Array[];
  received: number;
  /** Token of the part that is expected next. */
  expected: string;
}

/**
 * The file service, on a host of its own: a session is opened, parts go to the address the last
 * answer named, the last part answers with the file. files/files-api
 */
export function createDriveApp(
  account: AccountState,
  tokens: Tokens,
): Hono<{ Bindings: HttpBindings }> {
  const app = createFakeApp();
  const sessions = new Map<string, UploadSession>();

  app.post("/v1.0/sessions", async (context) =>
    serve(account, context, "POST /v1.0/sessions", async () => {
      tokens.check(context.req.header("authorization"));
      if (!account.options.mayUseFiles) throw problem(403, "Access to files is not granted");
      const session = openSession(account, await readJson(context));
      sessions.set(session.expected, session);
      return jsonReply(200, {
        max_file_size: account.options.fileBytes,
        max_part_size: account.options.partBytes,
        session_id: session.id,
        upload_url: `${account.driveUrl}/upload/${session.expected}`,
      });
    }),
  );

  app.post("/upload/:token", async (context) =>
    serve(account, context, "POST /upload", async () => {
      const token = context.req.param("token");
      const session = sessions.get(token);
      if (session === undefined) throw problem(404, "Session not found");
      // Every part has its own address: one used twice is not known any more.
      sessions.delete(token);
      const part = new Uint8Array(await context.req.arrayBuffer());
      return acceptPart(account, sessions, session, part);
    }),
  );

  app.all("*", (context) => context.json({ status: 404, title: "Not Found" }, 404));
  return app;
}

function acceptPart(
  account: AccountState,
  sessions: Map<string, UploadSession>,
  session: UploadSession,
  part: Uint8Array,
): Reply {
  if (part.length === 0 || part.length > account.options.partBytes)
    throw problem(413, "Part is too large");
  session.parts.push(part);
  session.received += part.length;
  if (session.received > session.size) throw problem(400, "More bytes than announced");
  if (session.received < session.size) {
    session.expected = account.secret(40);
    sessions.set(session.expected, session);
    return jsonReply(200, {
      session_id: session.id,
      next_url: `${account.driveUrl}/upload/${session.expected}`,
    });
  }
  const file = storeFile(account, session);
  return jsonReply(200, {
    uuid: file.uuid,
    version_uuid: file.versionUuid,
    type: "document",
    name: file.name,
    sanitized_name: file.name,
    size: file.bytes.length,
    is_trashed: false,
    has_multiple_versions: false,
    created_at: file.createdAt,
    created_by: { id: account.actorId, type: "user" },
    updated_at: file.createdAt,
    deleted_at: null,
    metadata: { extension: file.name.split(".").at(-1) ?? "", mime_type: file.contentType },
    previews: null,
    _links: { self: { href: `${account.driveUrl}/v1.0/files/${file.uuid}` } },
  });
}

function openSession(account: AccountState, body: unknown): UploadSession {
  const input = isMap(body) ? body : {};
  const { file_name: name, file_size: size } = input;
  if (typeof name !== "string" || name === "") throw problem(400, "file_name is required");
  if (typeof size !== "number" || size <= 0) throw problem(400, "file_size is required");
  if (size > account.options.fileBytes) throw problem(400, "File is too large");
  return {
    id: account.next("session"),
    name,
    size,
    contentType: asText(input["content_type"]) || "application/octet-stream",
    parts: [],
    received: 0,
    expected: account.secret(40),
  };
}

function storeFile(account: AccountState, session: UploadSession): StoredFile {
  const file: StoredFile = {
    uuid: uuidFrom(account.secret(32)),
    versionUuid: uuidFrom(account.secret(32)),
    name: session.name,
    contentType: session.contentType,
    bytes: new Uint8Array(Buffer.concat(session.parts)),
    createdAt: account.now(),
  };
  account.files.set(file.uuid, file);
  return file;
}

function uuidFrom(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

async function readJson(context: FakeContext): Promise<unknown> {
  try {
    return await context.req.json();
  } catch {
    throw problem(400, "Malformed JSON");
  }
}

async function serve(
  account: AccountState,
  context: FakeContext,
  operation: string,
  run: () => Promise<Reply>,
): Promise<Response> {
  const fault = account.faults.take(operation);
  let error: string | null = null;
  const sent = await exchange(context, fault, async () => {
    try {
      return await run();
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      error = String(thrown.status);
      return thrown.body === null
        ? htmlReply(thrown.status)
        : jsonReply(thrown.status, thrown.body);
    }
  });
  account.journal.add({
    at: account.clock.now(),
    operation,
    request: { bytes: context.req.header("content-length") },
    status: sent.status,
    error,
    fault: fault?.kind ?? null,
    inner: [],
  });
  return sent.response;
}
