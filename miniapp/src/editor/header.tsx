import { describeVat } from "../../../domain/vat.ts";
import { STATUS_NAMES } from "../../../domain/estimate/status.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import { Icon } from "../components/icon.tsx";
import { totalsOfLedger } from "../estimate/ledger.ts";
import { goBack } from "../navigation.ts";
import { hasBackButton } from "../telegram/back_button.ts";
import { feel } from "../telegram/manners.ts";
import { texts } from "../texts_ru.ts";
import { useEditor, useEstimate } from "./context.ts";
import { useShownTotals } from "./shown.ts";
import { StateLine } from "./state_line.tsx";

/** Always in sight: which estimate, how it is kept, and its total. */
export function Header() {
  const { ui } = useEditor();
  const head = useEstimate((state) => state.head);
  return (
    <header className="bar">
      <div className="bar-row">
        {hasBackButton() ? null : (
          <button type="button" className="icon-button" aria-label={texts.back} onClick={goBack}>
            <Icon name="back" />
          </button>
        )}
        <div className="bar-name">
          <span className="bar-number">
            <span>{head.number} ·</span> <span>{STATUS_NAMES[head.status]}</span>
          </span>
          <StateLine />
        </div>
        <HistoryButtons />
        <button
          type="button"
          className="icon-button"
          aria-label={texts.menu}
          onClick={() => ui.set({ sheet: { kind: "menu" } })}
        >
          <Icon name="more" />
        </button>
      </div>
      <TotalButton />
      <TotalAnnouncement />
    </header>
  );
}

function HistoryButtons() {
  const { store } = useEditor();
  const canEdit = useEstimate((state) => state.canEdit);
  const canUndo = useEstimate((state) => state.canUndo);
  const canRedo = useEstimate((state) => state.canRedo);
  if (!canEdit) return null;
  const press = (step: () => void) => {
    feel("undo");
    step();
  };
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={texts.undoStep}
        disabled={!canUndo}
        onClick={() => press(store.undo)}
      >
        <Icon name="undo" />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={texts.redoStep}
        disabled={!canRedo}
        onClick={() => press(store.redo)}
      >
        <Icon name="redo" />
      </button>
    </>
  );
}

function TotalButton() {
  const { ui } = useEditor();
  const header = useEstimate((state) => state.content.header);
  const { total } = useShownTotals();
  return (
    <button
      type="button"
      className="bar-total"
      onClick={() => ui.set({ sheet: { kind: "totals" } })}
    >
      <span className="bar-total-name">{texts.total}</span>
      <span className="amount" data-total>
        {formatMoneyRu(total)}
      </span>
      <span className="hint">{describeVat(header.vat, header.date)}</span>
    </button>
  );
}

/** Spoken when a value is taken over, not at every key. */
function TotalAnnouncement() {
  const content = useEstimate((state) => state.content);
  const ledger = useEstimate((state) => state.ledger);
  const { total } = totalsOfLedger(ledger, content);
  return <output className="spoken">{`${texts.total} ${formatMoneyRu(total)}`}</output>;
}
