import type { Sheet } from "../editor/ui_store.ts";
import type { SheetProps } from "./dialog.tsx";
import { DetailsSheet } from "./details_sheet.tsx";
import { LineSheet } from "./line_sheet.tsx";
import { MenuSheet } from "./menu_sheet.tsx";
import { PasteSheet } from "./paste_sheet.tsx";
import { ProblemsSheet } from "./problems_sheet.tsx";
import { RoomsSheet } from "./rooms_sheet.tsx";
import { SectionSheet } from "./section_sheet.tsx";
import { TotalsSheet } from "./totals_sheet.tsx";

export interface SheetsProps extends SheetProps {
  readonly sheet: Sheet;
}

/** What may lie over the editor. */
export function Sheets({ sheet, onClose }: SheetsProps) {
  switch (sheet.kind) {
    case "menu":
      return <MenuSheet onClose={onClose} />;
    case "totals":
      return <TotalsSheet onClose={onClose} />;
    case "details":
      return <DetailsSheet onClose={onClose} />;
    case "problems":
      return <ProblemsSheet onClose={onClose} />;
    case "rooms":
      return <RoomsSheet onClose={onClose} />;
    case "line":
      return <LineSheet lineId={sheet.lineId} onClose={onClose} />;
    case "section":
      return <SectionSheet sectionId={sheet.sectionId} onClose={onClose} />;
    case "paste":
      return <PasteSheet text={sheet.text} sectionId={sheet.sectionId} onClose={onClose} />;
    default:
      return sheet satisfies never;
  }
}
