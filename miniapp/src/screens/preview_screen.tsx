import {
  type Content,
  groupLines,
  isCounted,
  type Line,
} from "../../../domain/estimate/estimate.ts";
import {
  clientAmount,
  clientCoefficients,
  clientPrice,
  type Coefficients,
  totalsOf,
} from "../../../domain/estimate/totals.ts";
import { add, type Kopecks, subtract, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu, formatPercentRu, formatQuantityRu } from "../../../domain/numbers_ru.ts";
import { describeVat } from "../../../domain/vat.ts";
import { Notice } from "../components/notice.tsx";
import type { Desk } from "../estimate/desk.ts";
import type { EstimateHead } from "../api.ts";
import { useLoaded } from "../loading.ts";
import { texts } from "../texts_ru.ts";
import type { Id } from "../../../domain/ids.ts";
import { day } from "./moments.ts";
import { LoadedPart, Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";

export interface PreviewScreenProps {
  readonly desk: Desk;
  readonly id: Id;
}

/**
 * The estimate as its client sees it: hidden adjustments inside the prices; no cost, no margin, no notes
 * for oneself, no photos.
 */
export function PreviewScreen({ desk, id }: PreviewScreenProps) {
  const opened = useLoaded(`preview/${id}`, async () => (await desk.open(id)).getState());
  return (
    <Page title={pageTexts.preview}>
      <LoadedPart loaded={opened}>
        {({ head, content }) => <ClientView head={head} content={content} />}
      </LoadedPart>
    </Page>
  );
}

function ClientView({ head, content }: { readonly head: EstimateHead; readonly content: Content }) {
  const { header } = content;
  const totals = totalsOf(content);
  const coefficients = clientCoefficients(content.adjustments.values());
  return (
    <>
      <section className="panel">
        <div className="panel-row">
          <h2>{header.title || head.project?.title || texts.untitled}</h2>
          <strong className="amount">{formatMoneyRu(totals.total)}</strong>
        </div>
        <p className="hint">
          {[head.number, day(header.date), head.client?.name].filter(Boolean).join(" · ")}
        </p>
      </section>
      {content.lines.size === 0 ? <Notice title={pageTexts.noLines} /> : null}
      {groupLines(content).map(({ section, lines }) => (
        <Group
          key={section?.id ?? "loose"}
          title={section?.title ?? null}
          lines={lines}
          coefficients={coefficients}
        />
      ))}
      <section className="panel">
        <dl className="totals-list">
          <Row name={texts.works} sum={totals.works} />
          <Row name={texts.materials} sum={totals.materials} />
          {totals.adjustments.map(({ id, title, adjustment, amount }) => (
            <Row key={id} name={`${title}, ${formatPercentRu(adjustment.percent)}`} sum={amount} />
          ))}
          {totals.discount > 0n ? (
            <Row name={texts.discount} sum={subtract(ZERO, totals.discount)} />
          ) : null}
          {totals.vatPercent === null ? null : (
            <Row name={describeVat(header.vat, header.date)} sum={totals.vat} />
          )}
          <div className="totals-last">
            <dt>{texts.total}</dt>
            <dd className="amount">{formatMoneyRu(totals.total)}</dd>
          </div>
        </dl>
        {header.validUntil === null ? null : (
          <p className="hint">
            {pageTexts.validUntil} {day(header.validUntil)}
          </p>
        )}
        {[header.paymentTerms, header.warranty, header.note]
          .filter((text) => text !== "")
          .map((text) => (
            <p key={text}>{text}</p>
          ))}
      </section>
    </>
  );
}

interface GroupProps {
  readonly title: string | null;
  readonly lines: readonly Line[];
  readonly coefficients: Coefficients;
}

function Group({ title, lines, coefficients }: GroupProps) {
  const amount = (line: Line) => (isCounted(line) ? clientAmount(line, coefficients) : ZERO);
  const sum = lines.reduce((total, line) => add(total, amount(line)), ZERO);
  return (
    <section className="panel">
      {title === null ? null : (
        <div className="panel-row">
          <h2>{title}</h2>
          <strong className="amount">{formatMoneyRu(sum)}</strong>
        </div>
      )}
      <ul className="client-lines">
        {lines.map((line) => (
          <li key={line.id} className="client-line">
            <span>{line.name}</span>
            <span className="amount">{formatMoneyRu(clientAmount(line, coefficients))}</span>
            <span className="hint">
              {formatQuantityRu(line.quantity)} {line.unit} ×{" "}
              {formatMoneyRu(clientPrice(line, coefficients))}
              {line.isOptional ? ` · ${line.isChosen ? texts.chosen : texts.optional}` : ""}
              {line.note === "" ? "" : ` · ${line.note}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ name, sum }: { readonly name: string; readonly sum: Kopecks }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="amount">{formatMoneyRu(sum)}</dd>
    </div>
  );
}
