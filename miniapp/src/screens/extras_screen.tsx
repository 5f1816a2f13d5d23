import type { InferResponseType } from "hono/client";
import { isEditable, STATUS_NAMES } from "../../../domain/estimate/status.ts";
import { add, formatMoney, parseMoney, ZERO } from "../../../domain/money.ts";
import { type Api, reach, read, refusal } from "../api.ts";
import { Notice } from "../components/notice.tsx";
import { StatusDot } from "../components/status_dot.tsx";
import { useKept } from "../device/kept.ts";
import { goTo } from "../navigation.ts";
import { ExtraPhotos } from "./extra_photos.tsx";
import { balanceLines, MoneyLines, rubles } from "./money_lines.tsx";
import { KeptForm, LoadedPart, Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";
import type { EstimatePartProps } from "./questions_screen.tsx";
import { RecordForm } from "./record_form.tsx";
import "./estimates_screen.css";

type Contract = NonNullable<
  InferResponseType<Api["estimates"][":id"]["contract"]["$get"], 200>["contract"]
>;
type Extra = Contract["extras"][number];

/** An approved estimate with its extra work: what is agreed in all, and what is still on its way. */
export function ExtrasScreen({ api, id }: EstimatePartProps) {
  const loaded = useKept(`contract/${id}`, () =>
    read(api.estimates[":id"].contract.$get({ param: { id } })),
  );
  return (
    <Page
      title={pageTexts.extras}
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
      <LoadedPart loaded={loaded}>
        {({ contract }) =>
          contract ? (
            <ContractView
              api={api}
              id={id}
              contract={contract}
              keptAt={loaded.keptAt}
              onChanged={loaded.reload}
            />
          ) : (
            <Notice title={pageTexts.notAgreed} hint={pageTexts.extrasHint} />
          )
        }
      </LoadedPart>
    </Page>
  );
}

interface ContractViewProps extends EstimatePartProps {
  readonly contract: Contract;
  readonly keptAt: number | null;
  readonly onChanged: () => void;
}

function ContractView({ api, id, contract, keptAt, onChanged }: ContractViewProps) {
  const { estimateId, number, total, extrasTotal, extras, balance } = contract;
  const own = extras.find((extra) => extra.id === id);
  const all = add(parseMoney(total) ?? ZERO, parseMoney(extrasTotal) ?? ZERO);
  const create = async ({ reason }: { readonly reason: string }) => {
    const param = { id: estimateId };
    const card = await read(api.estimates[":id"].extras.$post({ param, json: { reason } }));
    goTo({ name: "estimate", id: card.id });
  };
  return (
    <>
      <section className="panel" aria-live="polite">
        <h2>{number}</h2>
        <MoneyLines
          lines={[
            { name: pageTexts.contractSum, sum: total },
            { name: pageTexts.extrasSum, sum: extrasTotal },
            { name: pageTexts.allAgreed, sum: formatMoney(all), isLast: true },
          ]}
        />
        <MoneyLines lines={balanceLines(balance)} />
        {id === estimateId ? null : (
          <button
            type="button"
            className="action"
            onClick={() => goTo({ name: "estimate", id: estimateId })}
          >
            {pageTexts.toContract}
          </button>
        )}
      </section>
      {own ? <Reason key={own.reason} api={api} extra={own} onSaved={onChanged} /> : null}
      {own ? <ExtraPhotos api={api} id={own.id} canEdit={isEditable(own.status)} /> : null}
      {extras.length === 0 ? <p className="hint">{pageTexts.noExtras}</p> : null}
      <ul className="cards">
        {extras.map((extra) => (
          <li key={extra.id}>
            <ExtraCard extra={extra} />
          </li>
        ))}
      </ul>
      <KeptForm keptAt={keptAt}>
        <h2>{pageTexts.newExtra}</h2>
        <RecordForm<"reason">
          fields={[{ name: "reason", label: pageTexts.extraReason, maxLength: 1000, rows: 3 }]}
          initial={{ reason: "" }}
          saveLabel={pageTexts.createExtra}
          onSave={create}
        />
      </KeptForm>
    </>
  );
}

function ExtraCard({ extra }: { readonly extra: Extra }) {
  const { id, number, title, reason, total, status, isApproved } = extra;
  return (
    <button type="button" className="card" onClick={() => goTo({ name: "estimate", id })}>
      <span className="card-title">{reason || title || number}</span>
      <span className="card-total">{rubles(total)}</span>
      <span className="card-hint">
        <span>
          <StatusDot status={status} />
          {STATUS_NAMES[status]}
        </span>
        <span>{number}</span>
        {isApproved ? null : <span>{pageTexts.notCounted}</span>}
      </span>
    </button>
  );
}

interface ReasonProps {
  readonly api: Api;
  readonly extra: Extra;
  readonly onSaved: () => void;
}

/** The client reads why; frozen with the estimate. */
function Reason({ api, extra, onSaved }: ReasonProps) {
  const save = async ({ reason }: { readonly reason: string }) => {
    const param = { id: extra.id };
    const answer = await reach(api.estimates[":id"].extra.$put({ param, json: { reason } }));
    if (!answer.ok) throw await refusal(answer);
    onSaved();
  };
  return (
    <section className="panel">
      <h2>
        {pageTexts.thisExtra}: <span className="amount">{extra.number}</span>
      </h2>
      <RecordForm<"reason">
        fields={[{ name: "reason", label: pageTexts.extraReason, maxLength: 1000, rows: 3 }]}
        initial={{ reason: extra.reason }}
        isReadOnly={!isEditable(extra.status)}
        onSave={save}
      />
    </section>
  );
}
