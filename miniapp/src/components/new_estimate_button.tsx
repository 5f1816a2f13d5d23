import { useState } from "react";
import { type Api, read } from "../api.ts";
import { asApiError } from "../loading.ts";
import { goTo } from "../navigation.ts";
import { feel } from "../telegram/manners.ts";
import { texts } from "../texts_ru.ts";
import { Icon } from "./icon.tsx";

export interface NewEstimateButtonProps {
  readonly api: Api;
}

/** An empty estimate, opened at once; its object and client may follow later. */
export function NewEstimateButton({ api }: NewEstimateButtonProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const create = async () => {
    setIsBusy(true);
    setProblem(null);
    try {
      const { id } = await read(api.estimates.$post({ json: { projectId: null } }));
      feel("success");
      goTo({ name: "estimate", id });
    } catch (error) {
      setProblem(asApiError(error).message);
      setIsBusy(false);
    }
  };
  return (
    <>
      <button type="button" className="button" disabled={isBusy} onClick={() => void create()}>
        <Icon name="plus" />
        {texts.newEstimate}
      </button>
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
