import { parseMoney, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu, formatQuantityRu } from "../../../domain/numbers_ru.ts";
import { parseQuantity, type Quantity } from "../../../domain/quantity.ts";
import { type Api, type Comparison, read } from "../api.ts";
import { useKept } from "../device/kept.ts";
import type { Id } from "../../../domain/ids.ts";
import { LoadedPart, Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";

export interface CompareScreenProps {
  readonly api: Api;
  readonly id: Id;
  readonly from: number;
  /** Null: the estimate as it is now. */
  readonly to: number | null;
}

type Difference = Comparison["changed"][number];

/** Two versions: what came, what went, what became dearer or cheaper. */
export function CompareScreen({ api, id, from, to }: CompareScreenProps) {
  const query = { from: String(from), ...(to === null ? {} : { to: String(to) }) };
  const loaded = useKept(`compare/${id}/${from}/${to}`, () =>
    read(api.estimates[":id"].compare.$get({ param: { id }, query })),
  );
  const name = to === null ? pageTexts.now : `${pageTexts.version} ${to}`;
  return (
    <Page title={`${pageTexts.version} ${from} → ${name}`}>
      <LoadedPart loaded={loaded}>
        {(comparison) => (
          <>
            <section className="panel">
              <dl className="totals-list">
                <Row name={`${pageTexts.version} ${from}`} sum={comparison.totalBefore} />
                <Row name={name} sum={comparison.totalAfter} />
                <Row name={pageTexts.difference} sum={comparison.difference} isLast />
              </dl>
            </section>
            <Differences title={pageTexts.added} lines={comparison.added} />
            <Differences title={pageTexts.removed} lines={comparison.removed} />
            <Differences title={pageTexts.changed} lines={comparison.changed} />
            {comparison.added.length + comparison.removed.length + comparison.changed.length ===
            0 ? (
              <p className="hint">{pageTexts.sameLines}</p>
            ) : null}
          </>
        )}
      </LoadedPart>
    </Page>
  );
}

interface RowProps {
  readonly name: string;
  readonly sum: string;
  readonly isLast?: boolean;
}

function Row({ name, sum, isLast = false }: RowProps) {
  return (
    <div className={isLast ? "totals-last" : ""}>
      <dt>{name}</dt>
      <dd className="amount">{rubles(sum)}</dd>
    </div>
  );
}

function Differences({ title, lines }: { title: string; lines: readonly Difference[] }) {
  if (lines.length === 0) return null;
  return (
    <section className="panel">
      <h2>
        {title}: {lines.length}
      </h2>
      <ul className="client-lines">
        {lines.map((line) => (
          <li key={line.id}>
            <p>{line.after?.name ?? line.before?.name}</p>
            {line.before && line.after && line.before.name !== line.after.name ? (
              <p className="old-value">{line.before.name}</p>
            ) : null}
            <p className="hint">
              {line.before ? (
                <span className={line.after ? "old-value" : ""}>{describe(line.before)}</span>
              ) : null}{" "}
              {line.after ? describe(line.after) : null}
            </p>
            <p>
              <span className="amount">{rubles(line.amountBefore)} →</span>{" "}
              <span className="amount">{rubles(line.amountAfter)}</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function describe({ quantity, unit, price }: NonNullable<Difference["before"]>): string {
  const count = formatQuantityRu(parseQuantity(quantity) ?? (0n as Quantity));
  return `${count} ${unit} × ${rubles(price)}`;
}

function rubles(sum: string): string {
  return formatMoneyRu(parseMoney(sum) ?? ZERO);
}
