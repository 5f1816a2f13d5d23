import { type PointerEvent, useRef } from "react";

/** How far to the left a row has to go before letting go removes it. */
const FAR_ENOUGH = 96; // px
/** Below this it may still become a scroll or a tap. */
const INTENT = 10; // px

/** A thumb's swipe to the left on a row; a mouse has a menu instead. */
export function useSwipe(onSwiped: () => void) {
  const start = useRef<{ x: number; y: number; isSwipe: boolean } | null>(null);

  const release = (element: HTMLElement) => {
    start.current = null;
    element.style.transform = "";
    delete element.dataset["swipe"];
  };

  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.pointerType === "mouse" || event.target instanceof HTMLInputElement) return;
      start.current = { x: event.clientX, y: event.clientY, isSwipe: false };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const from = start.current;
      if (!from) return;
      const x = Math.min(0, event.clientX - from.x);
      const y = Math.abs(event.clientY - from.y);
      if (!from.isSwipe && (x > -INTENT || y > -x)) return;
      if (!from.isSwipe) event.currentTarget.setPointerCapture(event.pointerId);
      from.isSwipe = true;
      const element = event.currentTarget;
      element.style.transform = `translateX(${x}px)`;
      element.dataset["swipe"] = x < -FAR_ENOUGH ? "remove" : "moving";
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const isFar = event.currentTarget.dataset["swipe"] === "remove";
      release(event.currentTarget);
      if (isFar) onSwiped();
    },
    onPointerCancel: (event: PointerEvent<HTMLElement>) => release(event.currentTarget),
    /** A swipe that ends on a button is no press of it. */
    onClickCapture: (event: { preventDefault: () => void; stopPropagation: () => void }) => {
      if (!start.current?.isSwipe) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
