import { useState } from "react";
import type { InferResponseType } from "hono/client";
import type { Id } from "../../../domain/ids.ts";
import { parseMoney, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu, formatQuantityRu } from "../../../domain/numbers_ru.ts";
import { parseQuantity, type Quantity } from "../../../domain/quantity.ts";
import { type Api, read, reach, refusal } from "../api.ts";
import { useKept } from "../device/kept.ts";
import { asApiError } from "../loading.ts";
import { goBack } from "../navigation.ts";
import { feel } from "../telegram/manners.ts";
import { texts } from "../texts_ru.ts";
import { ActLineRow, type TakenLine } from "./act_line.tsx";
import { ACT_STATUS_NAMES } from "./acts_screen.tsx";
import { day, period } from "./moments.ts";
import { LoadedPart, Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";

export interface ActScreenProps {
  readonly api: Api;
  readonly id: Id;
}

type Act = InferResponseType<Api["acts"][":actId"]["$get"], 200>["act"];

/** One act: a draft takes quantities by a swipe or by typing; a signed one is shown as it is. */
export function ActScreen({ api, id }: ActScreenProps) {
  const act = api.acts[":actId"];
  const loaded = useKept(`act/${id}`, async () => {
    const { act: found } = await read(act.$get({ param: { actId: id } }));
    const parts = found.status === "draft" ? await readRemainder(api, found) : [];
    return { act: found, parts };
  });
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const perform = async (step: () => Promise<unknown>) => {
    setIsBusy(true);
    setProblem(null);
    try {
      await step();
      feel("success");
    } catch (error) {
      setProblem(asApiError(error).message);
    }
    setIsBusy(false);
    loaded.reload();
  };
  const run = (step: () => Promise<unknown>) => void perform(step);
  const param = { actId: id };
  const take = (line: TakenLine) =>
    run(() => read(act.$patch({ param, json: { version: null, lines: [line] } })));
  const remove = async () => {
    setProblem(null);
    try {
      const answer = await reach(act.$delete({ param }));
      if (!answer.ok) throw await refusal(answer);
      goBack();
    } catch (error) {
      setProblem(asApiError(error).message);
    }
  };
  const number = loaded.value?.act.number;
  return (
    <Page title={number === undefined ? pageTexts.act : `${pageTexts.act} № ${number}`}>
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
      <LoadedPart loaded={loaded}>
        {({ act: shown, parts }) => (
          <>
            <section className="panel">
              <div className="panel-row">
                <h2>{ACT_STATUS_NAMES[shown.status]}</h2>
                <output className="amount said">
                  <span className="spoken">{texts.total} </span>
                  {formatMoneyRu(parseMoney(shown.total) ?? ZERO)}
                </output>
              </div>
              <p className="hint">
                {pageTexts.actOf} {day(shown.date)}
                <br />
                {pageTexts.actPeriod} {period(shown.periodFrom, shown.periodTo)}
              </p>
              <div className="actions">
                {shown.status === "draft" ? (
                  <>
                    <button
                      type="button"
                      className="button"
                      disabled={isBusy}
                      onClick={() =>
                        run(() => read(act.sign.$post({ param, json: { version: shown.version } })))
                      }
                    >
                      {pageTexts.signAct}
                    </button>
                    <button
                      type="button"
                      className="action danger"
                      disabled={isBusy}
                      onClick={() => void remove()}
                    >
                      {pageTexts.removeAct}
                    </button>
                  </>
                ) : null}
                {shown.status === "signed" ? (
                  <button
                    type="button"
                    className="action danger"
                    disabled={isBusy}
                    onClick={() => run(() => read(act.cancel.$post({ param })))}
                  >
                    {pageTexts.cancelAct}
                  </button>
                ) : null}
              </div>
            </section>
            {shown.status === "draft" ? (
              <>
                <p className="hint">{pageTexts.swipeHint}</p>
                {parts.map((part) => (
                  <DraftPart key={part.estimateId} part={part} isBusy={isBusy} onTake={take} />
                ))}
              </>
            ) : (
              shown.parts.map((part) => <SignedPart key={part.estimateId} part={part} />)
            )}
          </>
        )}
      </LoadedPart>
    </Page>
  );
}

async function readRemainder(api: Api, { id, estimateId }: Act) {
  const query = { actId: id };
  const { parts } = await read(
    api.estimates[":id"].remainder.$get({ param: { id: estimateId }, query }),
  );
  return parts;
}

type RemainderPart = Awaited<ReturnType<typeof readRemainder>>[number];

interface DraftPartProps {
  readonly part: RemainderPart;
  readonly isBusy: boolean;
  readonly onTake: (line: TakenLine) => void;
}

function DraftPart({ part, isBusy, onTake }: DraftPartProps) {
  return part.sections.map((section) => (
    <section key={section.id ?? "loose"} className="panel">
      <h2>{section.title ?? (part.title || part.number)}</h2>
      <ul>
        {section.lines.map((line) => (
          <li key={line.id}>
            <ActLineRow
              key={line.inAct}
              line={line}
              isDisabled={isBusy}
              onTake={(quantity) =>
                onTake({ estimateId: part.estimateId, lineId: line.id, quantity })
              }
            />
          </li>
        ))}
      </ul>
    </section>
  ));
}

function SignedPart({ part }: { readonly part: Act["parts"][number] }) {
  return (
    <section className="panel">
      <div className="panel-row">
        <h2>{part.title || part.number}</h2>
        <strong className="amount">{formatMoneyRu(parseMoney(part.total) ?? ZERO)}</strong>
      </div>
      <ul className="client-lines">
        {part.lines.map((line) => (
          <li key={line.id} className="client-line">
            <span>{line.name}</span>
            <span className="amount">{formatMoneyRu(parseMoney(line.amount) ?? ZERO)}</span>
            <span className="hint">
              {formatQuantityRu(parseQuantity(line.quantity) ?? (0n as Quantity))} {line.unit} ×{" "}
              {formatMoneyRu(parseMoney(line.price) ?? ZERO)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
