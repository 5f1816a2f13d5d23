import { useState } from "react";
import type { Id } from "../../../domain/ids.ts";
import { readAllPages } from "../all_pages.ts";
import { type Api, reach, read, refusal } from "../api.ts";
import { useKept } from "../device/kept.ts";
import { asApiError } from "../loading.ts";
import { feel } from "../telegram/manners.ts";
import { count } from "../texts_ru.ts";
import { day, moment } from "./moments.ts";
import { LoadedPart } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";

/** Links by which the client sees the version, and who opened them. */
export function ShareLinks({ api, id }: { readonly api: Api; readonly id: Id }) {
  const estimate = api.estimates[":id"];
  const loaded = useKept(`links/${id}`, () =>
    readAllPages((query) => read(estimate.links.$get({ param: { id }, query }))),
  );
  const [url, setUrl] = useState<string | null>(null);
  const [isCopied, setIsCopied] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const perform = async (step: () => Promise<void>) => {
    setProblem(null);
    try {
      await step();
      feel("success");
      loaded.reload();
    } catch (error) {
      setProblem(asApiError(error).message);
    }
  };
  const share = () =>
    void perform(async () => {
      const link = await read(estimate.share.$post({ param: { id }, json: {} }));
      setUrl(link.url ?? window.location.origin + link.path);
      setIsCopied(false);
    });
  const revoke = (linkId: Id) =>
    void perform(async () => {
      const answer = await reach(estimate.links[":linkId"].$delete({ param: { id, linkId } }));
      if (!answer.ok) throw await refusal(answer);
    });
  const copy = async (text: string) => {
    // Without the right to the clipboard the address can still be marked and copied.
    const isDone = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setIsCopied(isDone);
  };
  return (
    <section className="panel">
      <h2>{pageTexts.links}</h2>
      <LoadedPart loaded={loaded}>
        {({ items }) => (
          <ul>
            {items
              .filter(({ isRevoked }) => !isRevoked)
              .map((link) => (
                <li key={link.id} className="panel-row">
                  <span>
                    {pageTexts.version} {link.revision}, {pageTexts.until} {day(link.expiresAt)}
                    <span className="hint">
                      {" "}
                      {link.lastViewedAt === null
                        ? pageTexts.notOpened
                        : `${count(link.viewCount, "просмотр", "просмотра", "просмотров")}, ${moment(link.lastViewedAt)}`}
                    </span>
                  </span>
                  <button type="button" className="action" onClick={() => revoke(link.id)}>
                    {pageTexts.revoke}
                  </button>
                </li>
              ))}
          </ul>
        )}
      </LoadedPart>
      {url === null ? null : (
        <>
          <a className="plain-link" href={url} target="_blank" rel="noreferrer">
            {url}
          </a>
          <button type="button" className="action" onClick={() => void copy(url)}>
            {isCopied ? pageTexts.copied : pageTexts.copy}
          </button>
        </>
      )}
      <button type="button" className="action" onClick={share}>
        {pageTexts.newLink}
      </button>
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
