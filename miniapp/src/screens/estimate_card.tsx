import { STATUS_NAMES } from "../../../domain/estimate/status.ts";
import { parseMoney, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import type { EstimateListItem } from "../api.ts";
import { StatusDot } from "../components/status_dot.tsx";
import { goTo } from "../navigation.ts";
import { countLines, texts } from "../texts_ru.ts";
import "./estimates_screen.css";

export interface EstimateCardProps {
  /** `clientName` null: there is none, or the screen is his. */
  readonly item: Omit<EstimateListItem, "updatedAt">;
}

/** An estimate in a list, and the way to it. */
export function EstimateCard({ item }: EstimateCardProps) {
  return (
    <button type="button" className="card" onClick={() => goTo({ name: "estimate", id: item.id })}>
      <span className="card-title">{item.title || item.projectTitle || texts.untitled}</span>
      <span className="card-total">{formatMoneyRu(parseMoney(item.total) ?? ZERO)}</span>
      <span className="card-hint">
        <span>
          <StatusDot status={item.status} />
          {STATUS_NAMES[item.status]}
        </span>
        <span>{item.number}</span>
        {item.clientName ? <span>{item.clientName}</span> : null}
        <span>{countLines(item.lineCount)}</span>
      </span>
    </button>
  );
}
