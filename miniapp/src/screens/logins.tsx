import { useContext, useState } from "react";
import { nameBrowser } from "../../../domain/browsers.ts";
import { type Api, reach, read, refusal } from "../api.ts";
import { DeviceContext, useKept } from "../device/kept.ts";
import { asApiError } from "../loading.ts";
import type { Session } from "../session.ts";
import { moment } from "./moments.ts";
import { LoadedPart } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";

export interface LoginsProps {
  readonly api: Api;
  readonly session: Session;
}

/** The browsers that the person is logged in with, and how to end that: a lost laptop needs no owner. */
export function Logins({ api, session }: LoginsProps) {
  const loaded = useKept("logins", () => read(api.logins.$get()));
  const [problem, setProblem] = useState<string | null>(null);
  const end = async (request: Promise<Response>) => {
    setProblem(null);
    try {
      const answer = await reach(request);
      if (!answer.ok) throw await refusal(answer);
      loaded.reload();
    } catch (error) {
      setProblem(asApiError(error).message);
    }
  };
  return (
    <section className="panel">
      <h2>{pageTexts.logins}</h2>
      <LoadedPart loaded={loaded}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="hint">{pageTexts.noLogins}</p>
          ) : (
            <>
              <ul>
                {items.map(({ id, kind, userAgent, companyName, usedAt }) => (
                  <li key={id} className="panel-row">
                    <span>
                      {nameBrowser(userAgent)}
                      <span className="hint">
                        {" "}
                        · {kind === "manager" ? `${pageTexts.managerPage}, ` : ""}
                        {companyName} · {pageTexts.lastUsed} {moment(usedAt)}
                      </span>
                    </span>
                    <button
                      type="button"
                      className="button quiet"
                      aria-label={`${pageTexts.endLogin}: ${nameBrowser(userAgent)}`}
                      onClick={() => void end(api.logins[":id"].$delete({ param: { id } }))}
                    >
                      {pageTexts.endLogin}
                    </button>
                  </li>
                ))}
              </ul>
              <button
                type="button"
                className="button quiet"
                onClick={() => void end(api.logins.$delete())}
              >
                {pageTexts.endAllLogins}
              </button>
            </>
          )
        }
      </LoadedPart>
      {session.leave ? <Leave leave={session.leave} onProblem={setProblem} /> : null}
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

interface LeaveProps {
  readonly leave: () => Promise<void>;
  readonly onProblem: (problem: string) => void;
}

function Leave({ leave, onProblem }: LeaveProps) {
  const device = useContext(DeviceContext);
  const press = async () => {
    const unsent = (await device?.unsent()) ?? [];
    if (unsent.length > 0) return onProblem(pageTexts.sendFirst);
    try {
      await leave();
    } catch (error) {
      onProblem(asApiError(error).message);
    }
    return undefined;
  };
  return (
    <button type="button" className="button quiet" onClick={() => void press()}>
      {pageTexts.leave}
    </button>
  );
}
