import { useState } from "react";
import type { InferResponseType } from "hono/client";
import { parseDay } from "../../../domain/calendar.ts";
import { formatMoney, ZERO } from "../../../domain/money.ts";
import { explainNumberProblem } from "../../../domain/number_sentences.ts";
import { formatPercentRu, parseMoneyRu, parsePercentRu } from "../../../domain/numbers_ru.ts";
import { PAYMENT_KIND_NAMES, PAYMENT_KINDS, type PaymentKind } from "../../../domain/payments.ts";
import { formatPercent, parsePercent } from "../../../domain/percent.ts";
import { type Api, reach, read, refusal } from "../api.ts";
import { Notice } from "../components/notice.tsx";
import { useKept } from "../device/kept.ts";
import { asApiError } from "../loading.ts";
import { goTo } from "../navigation.ts";
import { feel } from "../telegram/manners.ts";
import { day } from "./moments.ts";
import { balanceLines, MoneyLines, rubles } from "./money_lines.tsx";
import { KeptForm, LoadedPart, Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";
import type { EstimatePartProps } from "./questions_screen.tsx";
import { type FieldDescription, FieldProblem, RecordForm, type Texts } from "./record_form.tsx";

type Payments = InferResponseType<Api["estimates"][":id"]["payments"]["$get"], 200>;

/** What the client is to pay, what came, and what is left, of an estimate with its extra work. */
export function PaymentsScreen({ api, id }: EstimatePartProps) {
  const param = { id };
  const loaded = useKept(`payments/${id}`, () =>
    read(api.estimates[":id"].payments.$get({ param })),
  );
  const [problem, setProblem] = useState<string | null>(null);
  const perform = async (step: () => Promise<unknown>) => {
    setProblem(null);
    try {
      await step();
      feel("success");
      loaded.reload();
    } catch (error) {
      setProblem(asApiError(error).message);
    }
  };
  const run = (step: () => Promise<unknown>) => void perform(step);
  const isNotAgreed = loaded.state === "failed" && loaded.error.code === "conflict";
  return (
    <Page
      title={pageTexts.payments}
      action={
        <button
          type="button"
          className="button quiet"
          onClick={() => goTo({ name: "estimate", id })}
        >
          {pageTexts.toEstimate}
        </button>
      }
    >
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
      {isNotAgreed ? (
        <Notice title={pageTexts.notAgreed} hint={pageTexts.paymentsHint} />
      ) : (
        <LoadedPart loaded={loaded}>
          {(found) => (
            <>
              <section className="panel" aria-live="polite">
                <h2>{found.number}</h2>
                <MoneyLines
                  lines={[
                    { name: pageTexts.allAgreed, sum: found.balance.agreed },
                    ...balanceLines(found.balance),
                  ]}
                />
              </section>
              <Stages api={api} found={found} keptAt={loaded.keptAt} run={run} />
              <Received api={api} found={found} keptAt={loaded.keptAt} run={run} />
            </>
          )}
        </LoadedPart>
      )}
    </Page>
  );
}

interface PartProps {
  readonly api: Api;
  readonly found: Payments;
  readonly keptAt: number | null;
  readonly run: (step: () => Promise<unknown>) => void;
}

type StageField = "title" | "size" | "dueOn";

const STAGE_FIELDS: readonly FieldDescription<StageField>[] = [
  { name: "title", label: pageTexts.stageTitle, maxLength: 200 },
  { name: "size", label: pageTexts.stageSize, maxLength: 40 },
  { name: "dueOn", label: pageTexts.stageDue, type: "date" },
];

function Stages({ api, found, keptAt, run }: PartProps) {
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  const [count, setCount] = useState(0);
  const remove = (stageId: string) =>
    run(async () => {
      const answer = await reach(api.stages[":stageId"].$delete({ param: { stageId } }));
      if (!answer.ok) throw await refusal(answer);
    });
  const create = async ({ title, size, dueOn }: Texts<StageField>) => {
    if (title.trim() === "") throw new FieldProblem(pageTexts.titleNeeded);
    const json = { title, size: readSize(size), dueOn: parseDay(dueOn) };
    await read(api.estimates[":id"].stages.$post({ param: { id: found.estimateId }, json }));
    setCount(count + 1);
    run(async () => undefined);
  };
  return (
    <>
      <section className="panel">
        <h2>{pageTexts.stages}</h2>
        {found.stages.length === 0 ? <p className="hint">{pageTexts.noStages}</p> : null}
        <ul>
          {found.stages.map(({ id, title, size, amount, open, dueOn }) => (
            <li key={id} className="panel-row">
              <div className="client-line">
                <span>{title}</span>
                <strong className="amount">{rubles(amount)}</strong>
                <span className="hint">
                  {[
                    size.kind === "percent"
                      ? formatPercentRu(parsePercent(size.percent) ?? (0n as never))
                      : null,
                    dueOn === null ? null : `${pageTexts.dueTo} ${day(dueOn)}`,
                    open === "0.00"
                      ? pageTexts.paidStage
                      : `${pageTexts.openStage}\u00a0${rubles(open)}`,
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                  {dueOn !== null && dueOn < today && open !== "0.00" ? (
                    <>
                      {" · "}
                      <span className="overdue">{pageTexts.overdue}</span>
                    </>
                  ) : null}
                </span>
              </div>
              <button
                type="button"
                className="action"
                aria-label={`${pageTexts.removeStage}: ${title}`}
                onClick={() => remove(id)}
              >
                {pageTexts.removeStage}
              </button>
            </li>
          ))}
        </ul>
      </section>
      <KeptForm keptAt={keptAt}>
        <h2>{pageTexts.newStage}</h2>
        <RecordForm<StageField>
          key={count}
          fields={STAGE_FIELDS}
          initial={{ title: "", size: "", dueOn: "" }}
          saveLabel={pageTexts.addStage}
          onSave={create}
        />
      </KeptForm>
    </>
  );
}

type PaymentField = "amount" | "receivedOn" | "kind" | "title";

const PAYMENT_FIELDS: readonly FieldDescription<PaymentField>[] = [
  { name: "amount", label: pageTexts.amount, maxLength: 40, mode: "decimal" },
  { name: "receivedOn", label: pageTexts.receivedOn, type: "date" },
  {
    name: "kind",
    label: pageTexts.paymentKind,
    options: PAYMENT_KINDS.map((kind) => [kind, PAYMENT_KIND_NAMES[kind]] as const),
  },
  { name: "title", label: pageTexts.paymentTitle, maxLength: 200 },
];

function Received({ api, found, keptAt, run }: PartProps) {
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  const [count, setCount] = useState(0);
  const [removedId, setRemovedId] = useState<string | null>(null);
  const payment = api.payments[":paymentId"];
  const remove = (paymentId: string) =>
    run(async () => {
      await read(payment.$delete({ param: { paymentId } }));
      setRemovedId(paymentId);
    });
  const restore = (paymentId: string) =>
    run(async () => {
      await read(payment.restore.$post({ param: { paymentId } }));
      setRemovedId(null);
    });
  const create = async ({ amount, receivedOn, kind, title }: Texts<PaymentField>) => {
    const on = parseDay(receivedOn);
    if (!on) throw new FieldProblem(pageTexts.chooseDay);
    const json = { amount: readAmount(amount), receivedOn: on, kind: kind as PaymentKind, title };
    await read(api.estimates[":id"].payments.$post({ param: { id: found.estimateId }, json }));
    setCount(count + 1);
    run(async () => undefined);
  };
  return (
    <>
      <section className="panel">
        <h2>{pageTexts.received}</h2>
        {found.payments.length === 0 ? <p className="hint">{pageTexts.noPayments}</p> : null}
        <ul>
          {found.payments.map(({ id, amount, kind, title, receivedOn, createdByName }) => (
            <li key={id} className="panel-row">
              <div className="client-line">
                <span>{title || PAYMENT_KIND_NAMES[kind]}</span>
                <strong className="amount">{rubles(amount)}</strong>
                <span className="hint">
                  {[day(receivedOn), title === "" ? "" : PAYMENT_KIND_NAMES[kind], createdByName]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </div>
              <button
                type="button"
                className="action"
                aria-label={`${pageTexts.removePayment}: ${rubles(amount)}`}
                onClick={() => remove(id)}
              >
                {pageTexts.removePayment}
              </button>
            </li>
          ))}
        </ul>
        {removedId === null ? null : (
          <output className="panel-row">
            <span>{pageTexts.paymentRemoved}</span>
            <button type="button" className="action" onClick={() => restore(removedId)}>
              {pageTexts.restorePayment}
            </button>
          </output>
        )}
      </section>
      <KeptForm keptAt={keptAt}>
        <h2>{pageTexts.newPayment}</h2>
        <RecordForm<PaymentField>
          key={count}
          fields={PAYMENT_FIELDS}
          initial={{ amount: "", receivedOn: today, kind: "stage", title: "" }}
          saveLabel={pageTexts.addPayment}
          onSave={create}
        />
      </KeptForm>
    </>
  );
}

/** «30 %» or «150 000», as the wire has it. */
function readSize(text: string) {
  if (!text.includes("%")) return { kind: "amount" as const, amount: readAmount(text) };
  const read = parsePercentRu(text.replace("%", ""));
  if (read.ok) return { kind: "percent" as const, percent: formatPercent(read.value) };
  throw new FieldProblem(explainNumberProblem(read.reason, { kind: "percent" } as never));
}

function readAmount(text: string): string {
  const result = parseMoneyRu(text);
  if (!result.ok) throw new FieldProblem(explainNumberProblem(result.reason, { kind: "money" }));
  if (result.value <= ZERO) throw new FieldProblem(pageTexts.sumNeeded);
  return formatMoney(result.value);
}
