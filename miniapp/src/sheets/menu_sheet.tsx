import { useState } from "react";
import { read, reach, refusal } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { useEditor, useEstimate, useUi } from "../editor/context.ts";
import { asApiError } from "../loading.ts";
import { goTo, replaceWith } from "../navigation.ts";
import { feel } from "../telegram/manners.ts";
import { texts } from "../texts_ru.ts";
import { Dialog, type SheetProps } from "./dialog.tsx";
import { sheetTexts } from "./sheet_texts_ru.ts";

/** What can be done with the whole estimate. */
export function MenuSheet({ onClose }: SheetProps) {
  const { api, store, ui } = useEditor();
  const { id, isRemoved } = useEstimate((state) => state.head);
  const showsCost = useUi((state) => state.showsCost);
  const canEdit = useEstimate((state) => state.canEdit);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const estimate = api.estimates[":id"];
  const param = { id };

  const perform = async (work: () => Promise<string | null>) => {
    setIsBusy(true);
    setProblem(null);
    try {
      const said = await work();
      feel("success");
      if (said !== null) ui.say(said);
      onClose();
    } catch (error) {
      setProblem(asApiError(error).message);
      setIsBusy(false);
    }
  };
  const run = (work: () => Promise<string | null>) => void perform(work);
  const order = (format: "pdf" | "xlsx") =>
    run(async () => {
      await read(estimate.documents[":format"].$post({ param: { id, format } }));
      return sheetTexts.ordered;
    });
  const duplicate = () =>
    run(async () => {
      const copy = await read(estimate.duplicate.$post({ param }));
      replaceWith({ name: "estimate", id: copy.id });
      return null;
    });
  const remove = () =>
    run(async () => {
      const answer = await reach(estimate.$delete({ param }));
      if (!answer.ok) throw await refusal(answer);
      store.refresh();
      return sheetTexts.estimateRemoved;
    });
  const restore = () =>
    run(async () => {
      await read(estimate.restore.$post({ param }));
      store.refresh();
      return null;
    });

  return (
    <Dialog title={texts.menu} onClose={onClose}>
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
      <div className="action-list">
        <button
          type="button"
          className="action"
          onClick={() => {
            ui.set({ showsCost: !showsCost });
            onClose();
          }}
        >
          {showsCost ? sheetTexts.showPrices : sheetTexts.showCost}
        </button>
        <button
          type="button"
          className="action"
          onClick={() => ui.set({ sheet: { kind: "details" } })}
        >
          {texts.details}
        </button>
        <button
          type="button"
          className="action"
          onClick={() => ui.set({ sheet: { kind: "rooms" } })}
        >
          <Icon name="room" />
          {sheetTexts.rooms}
        </button>
        {canEdit ? (
          <button
            type="button"
            className="action"
            onClick={() => ui.set({ sheet: { kind: "paste", text: "", sectionId: null } })}
          >
            <Icon name="list" />
            {texts.pasteList}
          </button>
        ) : null}
        {(["agreement", "questions", "extras", "acts", "payments", "preview"] as const).map(
          (name) => (
            <button
              key={name}
              type="button"
              className="action"
              onClick={() => {
                onClose();
                goTo({ name, id });
              }}
            >
              {sheetTexts[name]}
            </button>
          ),
        )}
        <button type="button" className="action" disabled={isBusy} onClick={() => order("pdf")}>
          {sheetTexts.orderPdf}
        </button>
        <button type="button" className="action" disabled={isBusy} onClick={() => order("xlsx")}>
          {sheetTexts.orderXlsx}
        </button>
        <button type="button" className="action" disabled={isBusy} onClick={duplicate}>
          <Icon name="copy" />
          {sheetTexts.duplicate}
        </button>
        {isRemoved ? (
          <button type="button" className="action" disabled={isBusy} onClick={restore}>
            {sheetTexts.restoreEstimate}
          </button>
        ) : (
          <button type="button" className="action danger" disabled={isBusy} onClick={remove}>
            <Icon name="trash" />
            {sheetTexts.removeEstimate}
          </button>
        )}
      </div>
    </Dialog>
  );
}
