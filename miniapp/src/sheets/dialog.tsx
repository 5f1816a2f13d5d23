import { type MouseEvent, type ReactNode, useLayoutEffect, useRef } from "react";
import { Icon } from "../components/icon.tsx";
import "./fields.css";
import "./dialog.css";
import { sheetTexts } from "./sheet_texts_ru.ts";

export interface SheetProps {
  readonly onClose: () => void;
}

export interface DialogProps extends SheetProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** A sheet from below on a phone, a window in the middle on a desktop. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const press = (event: MouseEvent) => {
    // The dialog itself is hit only beside its content.
    if (event.target === dialog.current) onClose();
  };
  return (
    // Escape closes it by keyboard; see onCancel.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={dialog}
      className="sheet"
      aria-label={title}
      onClick={press}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="sheet-body">
        <div className="sheet-head">
          <h2>{title}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={sheetTexts.close}
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
