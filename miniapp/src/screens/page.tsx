import type { ReactNode } from "react";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { KeptHint } from "../components/kept_hint.tsx";
import { Loading } from "../components/loading.tsx";
import type { Loaded } from "../loading.ts";
import { goBack } from "../navigation.ts";
import { hasBackButton } from "../telegram/back_button.ts";
import { texts } from "../texts_ru.ts";
import "../sheets/fields.css";
import "./page.css";

export interface PageProps {
  readonly title: string;
  /** Beside the title. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** An inner screen: a way back where Telegram gives none, a title, the content. */
export function Page({ title, action, children }: PageProps) {
  return (
    <main className="screen">
      <div className="page-head">
        {hasBackButton() ? null : (
          <button type="button" className="icon-button" aria-label={texts.back} onClick={goBack}>
            <Icon name="back" />
          </button>
        )}
        <h1>{title}</h1>
        {action}
      </div>
      {children}
    </main>
  );
}

export interface LoadedPartProps<Value> {
  readonly loaded: Loaded<Value> & {
    readonly reload: () => void;
    readonly keptAt?: number | null;
  };
  readonly children: (value: Value) => ReactNode;
}

/** What was loaded; grey rows before, and after a failure what to press. An older value stays in sight. */
export function LoadedPart<Value>({ loaded, children }: LoadedPartProps<Value>) {
  return (
    <>
      {loaded.state === "failed" ? <Failure error={loaded.error} onRetry={loaded.reload} /> : null}
      <KeptHint keptAt={loaded.keptAt ?? null} />
      {loaded.value === null ? null : children(loaded.value)}
      {loaded.state === "loading" && loaded.value === null ? <Loading /> : null}
    </>
  );
}

export interface KeptFormProps {
  readonly keptAt: number | null;
  readonly children: ReactNode;
}

/** What comes from the device is only read: saving it could undo what others did since. */
export function KeptForm({ keptAt, children }: KeptFormProps) {
  return (
    <fieldset key={keptAt ?? "fresh"} className="panel" disabled={keptAt !== null}>
      {children}
    </fieldset>
  );
}
