import { texts } from "../texts_ru.ts";

/** Grey rows in the place of what is on the way. */
export function Loading() {
  return (
    <output className="loading" aria-label={texts.loading}>
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <div key={row} className="loading-row" />
      ))}
    </output>
  );
}
