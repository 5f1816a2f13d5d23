import { type PointerEvent, useRef } from "react";
import type { Id } from "../../../domain/ids.ts";
import { explainNumberProblem } from "../../../domain/number_sentences.ts";
import { formatQuantityRu, parseQuantityRu } from "../../../domain/numbers_ru.ts";
import { formatQuantity, parseQuantity, type Quantity } from "../../../domain/quantity.ts";
import { NumberField } from "../sheets/fields.tsx";
import { pageTexts } from "./page_texts_ru.ts";

/** A quantity of a line as the wire has it. */
export interface TakenLine {
  readonly estimateId: Id;
  readonly lineId: Id;
  readonly quantity: string;
}

interface RemainderLine {
  readonly name: string;
  readonly unit: string;
  readonly approved: string;
  readonly accepted: string;
  readonly inAct: string;
  readonly left: string;
}

export interface ActLineRowProps {
  readonly line: RemainderLine;
  readonly isDisabled: boolean;
  /** In the wire form. */
  readonly onTake: (quantity: string) => void;
}

/** A line of a draft: to the right takes all that is left, to the left nothing; or type a part. */
export function ActLineRow({ line, isDisabled, onTake }: ActLineRowProps) {
  const inAct = read(line.inAct);
  const most = (inAct + read(line.left)) as Quantity;
  const takeAll = () => onTake(formatQuantity(most));
  const takeNone = () => onTake("0");
  const swipe = useSideways({ onRight: takeAll, onLeft: takeNone });
  return (
    <div className="act-line" {...(isDisabled ? {} : swipe)}>
      <p>{line.name}</p>
      <p className="hint">
        {pageTexts.approved} {show(line.approved)} {line.unit} · {pageTexts.accepted}&nbsp;
        {show(line.accepted)} · {pageTexts.left}&nbsp;{show(line.left)}
      </p>
      <div className="act-take">
        <NumberField
          label={`${pageTexts.inAct}, ${line.unit}`}
          value={formatQuantityRu(inAct)}
          isDisabled={isDisabled}
          onSave={(text) => {
            const limits = { minimum: 0n as Quantity, maximum: most };
            const result = parseQuantityRu(text.trim() === "" ? "0" : text, limits);
            if (!result.ok) {
              return explainNumberProblem(result.reason, { kind: "quantity", limits });
            }
            onTake(formatQuantity(result.value));
            return null;
          }}
        />
        <button
          type="button"
          className="action inner"
          aria-label={`${pageTexts.takeAll}: ${line.name}`}
          disabled={isDisabled || inAct === most}
          onClick={takeAll}
        >
          {pageTexts.takeAll}
        </button>
        <button
          type="button"
          className="action inner"
          aria-label={`${pageTexts.takeNone}: ${line.name}`}
          disabled={isDisabled || inAct === 0n}
          onClick={takeNone}
        >
          {pageTexts.takeNone}
        </button>
      </div>
    </div>
  );
}

function read(quantity: string): Quantity {
  return parseQuantity(quantity) ?? (0n as Quantity);
}

function show(quantity: string): string {
  return formatQuantityRu(read(quantity));
}

const FAR_ENOUGH = 80; // px
/** Below this it may still become a scroll or a tap. */
const INTENT = 12; // px

/** A thumb's swipe to either side; a mouse has the buttons. */
function useSideways({ onLeft, onRight }: { onLeft: () => void; onRight: () => void }) {
  const start = useRef<{ x: number; y: number; isSwipe: boolean } | null>(null);
  const release = (element: HTMLElement) => {
    start.current = null;
    element.style.transform = "";
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.pointerType === "mouse" || event.target instanceof HTMLInputElement) return;
      start.current = { x: event.clientX, y: event.clientY, isSwipe: false };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const from = start.current;
      if (!from) return;
      const x = event.clientX - from.x;
      const isFlat = Math.abs(x) > Math.abs(event.clientY - from.y);
      if (!from.isSwipe && (Math.abs(x) < INTENT || !isFlat)) return;
      if (!from.isSwipe) event.currentTarget.setPointerCapture(event.pointerId);
      from.isSwipe = true;
      event.currentTarget.style.transform = `translateX(${x / 2}px)`;
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const from = start.current;
      release(event.currentTarget);
      if (!from?.isSwipe) return;
      const x = event.clientX - from.x;
      if (x > FAR_ENOUGH) onRight();
      if (x < -FAR_ENOUGH) onLeft();
    },
    onPointerCancel: (event: PointerEvent<HTMLElement>) => release(event.currentTarget),
  };
}
