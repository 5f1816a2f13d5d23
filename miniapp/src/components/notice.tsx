import type { ReactNode } from "react";

export interface NoticeProps {
  readonly title: string;
  readonly hint?: string | undefined;
  /** It is all of the page. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}

/** A screen or a list that has nothing to show says why and what to press. */
export function Notice({ title, hint, isPage = false, children }: NoticeProps) {
  return (
    <div className="notice">
      {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
      {hint ? <p>{hint}</p> : null}
      {children}
    </div>
  );
}
