import type { ReactNode } from "react";

export interface NoticeProps {
  readonly title: string;
  readonly hint?: string | undefined;
  readonly children?: ReactNode;
}

/** A screen or a list that has nothing to show says why and what to press. */
export function Notice({ title, hint, children }: NoticeProps) {
  return (
    <div className="notice">
      <h2>{title}</h2>
      {hint ? <p>{hint}</p> : null}
      {children}
    </div>
  );
}
