import { useState } from "react";
import { cleanText } from "../../../domain/text.ts";
import type { Id } from "../../../domain/ids.ts";
import { type Api, read } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { asApiError, useLoaded, useSettled } from "../loading.ts";
import { texts } from "../texts_ru.ts";
import { pageTexts } from "./page_texts_ru.ts";

/** A client or an object that was chosen. An object brings its own client along. */
export interface Picked {
  readonly id: Id | null;
  readonly name: string | null;
  readonly clientId?: Id | null;
}

export interface PickerProps {
  readonly api: Api;
  readonly what: "client" | "project";
  /** The name of the one that is chosen now. */
  readonly chosen: string | null;
  readonly isDisabled?: boolean;
  readonly onPick: (picked: Picked) => void;
}

/** A field that shows a name and opens a search under it; what is not found is made at once. */
export function Picker({ api, what, chosen, isDisabled = false, onPick }: PickerProps) {
  const [isOpen, setIsOpen] = useState(false);
  const label = what === "client" ? pageTexts.client : pageTexts.project;
  return (
    <div className="field">
      <span aria-hidden="true">{label}</span>
      <button
        type="button"
        className="field-input picker"
        aria-expanded={isOpen}
        aria-label={`${label}: ${chosen ?? pageTexts.nobody}`}
        disabled={isDisabled}
        onClick={() => setIsOpen(!isOpen)}
      >
        {chosen ?? pageTexts.nobody}
      </button>
      {isOpen ? (
        <PickerList
          api={api}
          what={what}
          isChosen={chosen !== null}
          onPick={(picked) => {
            setIsOpen(false);
            onPick(picked);
          }}
        />
      ) : null}
    </div>
  );
}

interface PickerListProps extends Pick<PickerProps, "api" | "what" | "onPick"> {
  readonly isChosen: boolean;
}

interface Found extends Picked {
  readonly id: Id;
  readonly name: string;
  readonly hint: string;
}

function PickerList({ api, what, isChosen, onPick }: PickerListProps) {
  const [words, setWords] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const search = useSettled(words.trim());
  const list = useLoaded(`${what}/${search}`, (signal) => find(api, { what, search, signal }));
  const name = cleanText(words).replace(/\s+/g, " ").slice(0, 200);
  const isNew =
    name !== "" && !list.value?.some((item) => item.name.toLowerCase() === name.toLowerCase());
  const create = async () => {
    setProblem(null);
    try {
      onPick(await make(api, what, name));
    } catch (error) {
      setProblem(asApiError(error).message);
    }
  };
  const label = what === "client" ? pageTexts.searchClients : pageTexts.searchProjects;
  return (
    <div className="picker-list">
      <input
        className="field-input"
        type="search"
        // The person pressed to search.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={words}
        maxLength={200}
        placeholder={label}
        aria-label={label}
        autoComplete="off"
        onChange={(event) => setWords(event.target.value)}
      />
      {list.value?.map((item) => (
        <button key={item.id} type="button" className="action" onClick={() => onPick(item)}>
          <span>
            {item.name} <span className="hint">{item.hint}</span>
          </span>
        </button>
      ))}
      {isNew ? (
        <button type="button" className="action" onClick={() => void create()}>
          <Icon name="plus" />
          {pageTexts.createNamed} «{name}»
        </button>
      ) : null}
      {isChosen ? (
        <button type="button" className="action" onClick={() => onPick({ id: null, name: null })}>
          {what === "client" ? pageTexts.withoutClient : pageTexts.withoutProject}
        </button>
      ) : null}
      {list.state === "failed" || problem !== null ? (
        <p className="field-problem" role="alert">
          {problem ?? (list.state === "failed" ? list.error.message : "")}
        </p>
      ) : null}
      {list.state === "loading" ? <output className="hint">{texts.loading}</output> : null}
    </div>
  );
}

const SHOWN = "6";

async function find(
  api: Api,
  { what, search, signal }: { what: "client" | "project"; search: string; signal: AbortSignal },
): Promise<readonly Found[]> {
  const query = { limit: SHOWN, ...(search === "" ? {} : { q: search }) };
  const options = { init: { signal } };
  if (what === "client") {
    const { items } = await read(api.clients.$get({ query }, options));
    return items.map(({ id, name, phones }) => ({ id, name, hint: phones[0]?.raw ?? "" }));
  }
  const { items } = await read(api.projects.$get({ query }, options));
  return items.map(({ id, title, address, clientId }) => ({
    id,
    name: title,
    hint: address === title ? "" : address,
    clientId,
  }));
}

async function make(api: Api, what: "client" | "project", name: string): Promise<Picked> {
  if (what === "project") {
    const json = { title: name, address: "", clientId: null, note: "" };
    const { id } = await read(api.projects.$post({ json }));
    return { id, name };
  }
  const nothing = { phones: [], emails: [], inn: "", address: "", note: "" };
  const json = { ...nothing, name, kind: "person" as const };
  const { id } = await read(api.clients.$post({ json }));
  return { id, name };
}
