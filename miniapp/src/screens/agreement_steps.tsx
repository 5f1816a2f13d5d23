import { useState } from "react";
import { isEditable } from "../../../domain/estimate/status.ts";
import type { InferResponseType } from "hono/client";
import { type Api, type Me, read, type Revision } from "../api.ts";
import { asApiError, useLoaded } from "../loading.ts";
import { feel } from "../telegram/manners.ts";
import { pageTexts } from "./page_texts_ru.ts";
import { Problems } from "./problems.tsx";
import { RecordForm } from "./record_form.tsx";

type Card = InferResponseType<Api["estimates"][":id"]["card"]["$get"], 200>;

export interface AgreementStepsProps {
  readonly api: Api;
  readonly me: Me | null;
  readonly card: Card;
  /** The one that is submitted or approved now. */
  readonly current: Revision | null;
  readonly onDone: () => void;
}

/** What can be done with the estimate where it stands, by this person. */
export function AgreementSteps({ api, me, card, current, onDone }: AgreementStepsProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const perform = async (step: () => Promise<unknown>) => {
    setIsBusy(true);
    setProblem(null);
    try {
      await step();
      feel("success");
      onDone();
    } catch (error) {
      setProblem(asApiError(error).message);
    }
    setIsBusy(false);
  };
  const run = (step: () => Promise<unknown>) => void perform(step);
  return (
    <>
      {isEditable(card.status) ? (
        <Submitting api={api} card={card} isBusy={isBusy} run={run} />
      ) : null}
      {current ? (
        <Deciding
          api={api}
          me={me}
          current={current}
          status={card.status}
          isBusy={isBusy}
          run={run}
          onDone={onDone}
        />
      ) : null}
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

interface StepProps {
  readonly api: Api;
  readonly isBusy: boolean;
  readonly run: (step: () => Promise<unknown>) => void;
}

/** The check before sending, and to whom it goes. */
function Submitting({ api, card, isBusy, run }: StepProps & { readonly card: Card }) {
  const param = { id: card.id };
  const checked = useLoaded(`problems/${card.id}/${card.version}`, () =>
    read(api.estimates[":id"].problems.$get({ param })),
  );
  const problems = checked.value?.items ?? [];
  const isBlocked = problems.some(({ isBlocking }) => isBlocking);
  const submit = (audience: "manager" | "client") =>
    run(async () => {
      const json = { audience, acceptWarnings: true, version: card.version };
      await read(api.estimates[":id"].submit.$post({ param, json }));
    });
  return (
    <>
      <Problems problems={problems} />
      <div className="actions">
        <button
          type="button"
          className="button"
          disabled={isBusy || isBlocked}
          onClick={() => submit("manager")}
        >
          {pageTexts.toManager}
        </button>
        <button
          type="button"
          className="button"
          disabled={isBusy || isBlocked}
          onClick={() => submit("client")}
        >
          {pageTexts.toClient}
        </button>
      </div>
    </>
  );
}

interface DecidingProps extends StepProps {
  readonly me: Me | null;
  readonly current: Revision;
  readonly status: Card["status"];
  readonly onDone: () => void;
}

function Deciding({ api, me, current, status, isBusy, run, onDone }: DecidingProps) {
  const estimate = api.estimates[":id"];
  const param = { id: current.estimateId };
  const json = { revisionId: current.id, sha256: current.sha256 };
  const isWaiting = status === "submitted";
  const isLeader = me !== null && me.role !== "foreman";
  const [isReturning, setIsReturning] = useState(false);
  return (
    <>
      <div className="actions">
        {isWaiting && isLeader ? (
          <>
            <button
              type="button"
              className="button"
              disabled={isBusy}
              onClick={() => run(() => read(estimate.approve.$post({ param, json })))}
            >
              {pageTexts.approve}
            </button>
            <button
              type="button"
              className="action"
              aria-expanded={isReturning}
              onClick={() => setIsReturning(!isReturning)}
            >
              {pageTexts.giveBack}
            </button>
          </>
        ) : null}
        {isWaiting ? (
          <button
            type="button"
            className="action"
            disabled={isBusy}
            onClick={() => run(() => read(estimate.withdraw.$post({ param, json })))}
          >
            {pageTexts.withdraw}
          </button>
        ) : null}
        <button
          type="button"
          className="action"
          disabled={isBusy}
          onClick={() => run(() => read(estimate.revise.$post({ param, json })))}
        >
          {pageTexts.revise}
        </button>
      </div>
      {isReturning ? (
        <RecordForm<"reason">
          fields={[{ name: "reason", label: pageTexts.reason, maxLength: 2000, rows: 3 }]}
          initial={{ reason: "" }}
          saveLabel={pageTexts.giveBack}
          onSave={async ({ reason }) => {
            await read(estimate.reject.$post({ param, json: { ...json, reason } }));
            onDone();
          }}
        />
      ) : null}
    </>
  );
}
