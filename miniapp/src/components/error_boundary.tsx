import { Component, type ReactNode } from "react";
import { texts } from "../texts_ru.ts";
import { Notice } from "./notice.tsx";

export interface ErrorBoundaryProps {
  readonly children: ReactNode;
  /** What becomes of what was typed. */
  readonly keptHint: string;
}

/** A mistake of the program shows this instead of an empty page. Changes are on the device already, if it keeps any. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    return (
      <main className="screen">
        <Notice isPage title={texts.broken} hint={`${this.props.keptHint} ${texts.brokenHint}`}>
          <button type="button" className="button" onClick={() => window.location.reload()}>
            {texts.reload}
          </button>
        </Notice>
      </main>
    );
  }
}
