import { useState } from "react";
import type { ApiError } from "../api.ts";
import { Notice } from "../components/notice.tsx";
import { asApiError } from "../loading.ts";
import { outsideTexts } from "./outside_texts_ru.ts";
import { OutsideScreen } from "./outside_screen.tsx";

export interface LoginScreenProps {
  /** Spends the link. */
  readonly onEnter: () => Promise<void>;
}

/** The link is spent by the button, so that no preview and no glance of a program does it. */
export function LoginScreen({ onEnter }: LoginScreenProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  if (problem?.status === 401) return <OutsideScreen title={problem.message} />;
  const enter = async () => {
    setIsBusy(true);
    setProblem(null);
    try {
      await onEnter();
    } catch (error) {
      setProblem(asApiError(error));
      setIsBusy(false);
    }
  };
  return (
    <main className="screen">
      <Notice isPage title={outsideTexts.login} hint={outsideTexts.loginHint}>
        <button type="button" className="button" disabled={isBusy} onClick={() => void enter()}>
          {isBusy ? outsideTexts.entering : outsideTexts.enter}
        </button>
        {problem === null ? null : (
          <p className="field-problem" role="alert">
            {problem.message}
          </p>
        )}
      </Notice>
    </main>
  );
}
