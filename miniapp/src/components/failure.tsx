import type { ReactNode } from "react";
import type { ApiError } from "../api.ts";
import { useKeptHint } from "../device/kept.ts";
import { goTo } from "../navigation.ts";
import { closeApp } from "../telegram/manners.ts";
import { texts } from "../texts_ru.ts";
import { Notice } from "./notice.tsx";

export interface FailureProps {
  readonly error: ApiError;
  readonly onRetry: () => void;
  /** It is all of the page. */
  readonly isPage?: boolean;
  /** What else can be done. */
  readonly children?: ReactNode;
}

/** Says what failed and offers what may help: neither what is gone nor an old launch comes by asking again. */
export function Failure({ error, onRetry, isPage = false, children }: FailureProps) {
  const isOver = error.code === "unauthenticated";
  const kept = useKeptHint();
  const hint = isOver ? `${texts.openAgainHint} ${kept}` : undefined;
  return (
    <Notice isPage={isPage} title={error.message} hint={hint}>
      {isOver ? (
        <button type="button" className="button" onClick={closeApp}>
          {texts.closeApp}
        </button>
      ) : error.status === 404 ? (
        <button type="button" className="button" onClick={() => goTo({ name: "estimates" })}>
          {texts.toEstimates}
        </button>
      ) : (
        <button type="button" className="button" onClick={onRetry}>
          {texts.retry}
        </button>
      )}
      {children}
    </Notice>
  );
}
