import { useEffect, useRef } from "react";

const news = new EventTarget();

/** Bursts of changes are one reading of a list. */
const PAUSE = 1_000; // ms

/** Somebody changed something that lists show. */
export function tellLists(): void {
  news.dispatchEvent(new Event("news"));
}

/** Calls `reload` a moment after lists changed, as long as the screen is there. */
export function useListNews(reload: () => void): void {
  const latest = useRef(reload);
  useEffect(() => {
    latest.current = reload;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const hear = () => {
      timer ??= setTimeout(() => {
        timer = null;
        latest.current();
      }, PAUSE);
    };
    news.addEventListener("news", hear);
    return () => {
      news.removeEventListener("news", hear);
      if (timer) clearTimeout(timer);
    };
  }, []);
}
