import { CrmError, type CrmFile, type RemoteRef } from "../../../domain/crm_adapter.ts";
import { asMap, asText } from "../loose.ts";
import type { AmocrmClient } from "./client.ts";
import { addNote, findNote } from "./notes.ts";

/**
 * Upload, a note that remembers the upload, and only then the attaching, which by the same uuid may
 * be repeated. Files of a lead have no names, so without the note a second attempt would add a copy.
 */
export async function attachFile(
  client: AmocrmClient,
  ref: RemoteRef,
  file: CrmFile,
  signal: AbortSignal,
): Promise<void> {
  const head = `Файл ${file.fileName}`;
  let remembered = await findNote(client, ref, head, signal);
  if (remembered === null) {
    const uuid = await upload(client, file, signal);
    await addNote(client, ref, `${head}\n${file.text}\n[${uuid}]`, signal);
    remembered = (await findNote(client, ref, head, signal)) ?? `[${uuid}]`;
  }
  const uuid = /\[([0-9a-f-]{36})\]\s*$/.exec(remembered)?.[1];
  if (!uuid) throw new CrmError({ kind: "invalid" }, "file_note");
  await client.call({
    operation: "PUT /leads/{id}/files",
    path: `/leads/${ref.id}/files`,
    body: [{ file_uuid: uuid }],
    signal,
  });
}

/** In parts of the size that the session allows, each to the address that the last answer named. */
async function upload(
  client: AmocrmClient,
  { fileName, bytes }: CrmFile,
  signal: AbortSignal,
): Promise<string> {
  const account = await client.call({
    operation: "GET /account",
    path: "/account",
    query: { with: "drive_url" },
    signal,
  });
  const drive = asText(account?.["drive_url"]);
  if (drive === "") throw new CrmError({ kind: "invalid" }, "no_drive");
  let answer = asMap(
    await client.call({
      operation: "POST /v1.0/sessions",
      path: `${drive}/v1.0/sessions`,
      body: { file_name: fileName, file_size: bytes.length, content_type: "application/pdf" },
      signal,
    }),
  );
  const partSize = Number(answer["max_part_size"]) || bytes.length;
  let next = asText(answer["upload_url"]);
  for (let start = 0; start < bytes.length; start += partSize) {
    answer = asMap(
      await client.call({
        operation: "POST /upload",
        path: next,
        body: bytes.subarray(start, start + partSize),
        signal,
      }),
    );
    next = asText(answer["next_url"]);
  }
  const uuid = asText(answer["uuid"]);
  if (uuid === "") throw new CrmError({ kind: "unknown" }, "no_uuid");
  return uuid;
}
