import { ESTIMATE_STATUSES, STATUS_NAMES } from "../../../domain/estimate/status.ts";
import type { Api } from "../api.ts";
import { NewEstimateButton } from "../components/new_estimate_button.tsx";
import { StatusDot } from "../components/status_dot.tsx";
import { useSettled } from "../loading.ts";
import { goTo, useChoice } from "../navigation.ts";
import { texts } from "../texts_ru.ts";
import { EstimateList } from "./estimate_list.tsx";
import { SearchHits } from "./search_hits.tsx";
import "./estimates_screen.css";

export interface EstimatesScreenProps {
  readonly api: Api;
}

const SECTIONS = [
  ["clients", texts.clients],
  ["projects", texts.projects],
  ["catalogue", texts.catalogue],
  ["settings", texts.settings],
] as const;

/** The first screen: all estimates, and one box that searches in everything, or in those of a status. */
export function EstimatesScreen({ api }: EstimatesScreenProps) {
  const [words, setWords] = useChoice("words");
  const [chosen, setChosen] = useChoice("status");
  const status = ESTIMATE_STATUSES.find((name) => name === chosen) ?? null;
  const search = useSettled(words.trim());

  return (
    <main className="screen">
      <div className="list-head">
        <h1>{texts.estimates}</h1>
        <NewEstimateButton api={api} />
      </div>
      <nav className="chips" aria-label={texts.sections}>
        {SECTIONS.map(([name, label]) => (
          <button key={name} type="button" className="chip" onClick={() => goTo({ name })}>
            {label}
          </button>
        ))}
      </nav>
      <input
        className="search"
        type="search"
        value={words}
        placeholder={texts.search}
        aria-label={texts.searchLabel}
        enterKeyHint="search"
        autoComplete="off"
        onChange={(event) => setWords(event.target.value)}
      />
      <fieldset className="chips" aria-label={texts.status}>
        {[null, ...ESTIMATE_STATUSES].map((option) => (
          <button
            key={option ?? "all"}
            type="button"
            className="chip"
            aria-pressed={status === option}
            onClick={() => setChosen(option ?? "")}
          >
            {option === null ? null : <StatusDot status={option} />}
            {option === null ? texts.allStatuses : STATUS_NAMES[option]}
          </button>
        ))}
      </fieldset>
      {search === "" ? (
        <EstimateList key={status} api={api} status={status} />
      ) : (
        <SearchHits api={api} words={search} status={status} />
      )}
    </main>
  );
}
