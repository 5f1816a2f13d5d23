import { describeVat } from "../../../domain/vat.ts";
import { add, type Kopecks, subtract, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu, formatPercentRu } from "../../../domain/numbers_ru.ts";
import { QUANTITY_ONE } from "../../../domain/quantity.ts";
import { texts } from "../texts_ru.ts";
import { useEstimate, useUi } from "./context.ts";
import { useShownLedger, useShownTotals } from "./shown.ts";

/** Everything below the lines, as the document will have it. */
export function TotalsView() {
  const { header } = useEstimate((state) => state.content);
  const totals = useShownTotals();
  const { coefficients } = useShownLedger();
  const showsCost = useUi((state) => state.showsCost);
  const isMarkedUp = coefficients.work !== QUANTITY_ONE || coefficients.material !== QUANTITY_ONE;
  return (
    <div className="totals">
      <Shares works={totals.works} materials={totals.materials} />
      <dl>
        <Row name={texts.works} amount={totals.works} />
        <Row name={texts.materials} amount={totals.materials} />
        {totals.adjustments.map(({ id, title, adjustment, amount }) => (
          <Row key={id} name={`${title}, ${formatPercentRu(adjustment.percent)}`} amount={amount} />
        ))}
        {totals.discount > 0n ? (
          <Row name={texts.discount} amount={subtract(ZERO, totals.discount)} />
        ) : null}
        {totals.vatPercent === null ? null : (
          <Row name={describeVat(header.vat, header.date)} amount={totals.vat} />
        )}
        <div className="totals-last">
          <dt>{texts.total}</dt>
          <dd className="amount">{formatMoneyRu(totals.total)}</dd>
        </div>
        {showsCost ? <MarginRows discounted={totals.discounted} /> : null}
      </dl>
      {isMarkedUp ? <p className="hint">{texts.clientPrices}</p> : null}
    </div>
  );
}

function Row({ name, amount }: { readonly name: string; readonly amount: Kopecks }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="amount">{formatMoneyRu(amount)}</dd>
    </div>
  );
}

/** Internal: what stays after the cost of all lines that count. */
function MarginRows({ discounted }: { readonly discounted: Kopecks }) {
  const { cost, uncosted } = useShownLedger().sums;
  return (
    <>
      <Row name={texts.cost} amount={cost} />
      {uncosted === 0 ? (
        <Row name={texts.margin} amount={subtract(discounted, cost)} />
      ) : (
        <div className="hint">{texts.costUnknown}</div>
      )}
    </>
  );
}

/** Works and materials as one bar. */
function Shares({ works, materials }: { readonly works: Kopecks; readonly materials: Kopecks }) {
  const all = add(works, materials);
  if (all <= 0n) return null;
  const percent = Number((works * 1000n) / all) / 10;
  const rounded = Math.round(percent);
  const label = `${texts.works} ${rounded} %, ${texts.materials.toLowerCase()} ${100 - rounded} %`;
  return (
    <figure className="shares">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
        <rect className="share-work" width={percent} height="6" />
        <rect className="share-material" x={percent} width={100 - percent} height="6" />
      </svg>
      <figcaption className="hint" aria-hidden="true">
        <span className="share-name-work">
          {texts.works} {rounded} %
        </span>
        <span className="share-name-material">
          {texts.materials} {100 - rounded} %
        </span>
      </figcaption>
    </figure>
  );
}
