import type { Api } from "../api.ts";

type Answer = ReturnType<Api["session"]["$post"]>;

interface Opening {
  /** The launch data that it asked with. */
  readonly launch: string;
  readonly answer: Answer;
}

declare global {
  interface Window {
    opening?: Opening;
  }
}

/** The session that the page asked for before the app was there; only once. Null: it did not. */
export function takeOpening(initData: string): Answer | null {
  const { opening } = window;
  delete window.opening;
  return opening?.launch === initData ? opening.answer : null;
}
