import { useEffect, useMemo, useState } from "react";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import type { Id } from "../../../domain/ids.ts";
import type { Api } from "../api.ts";
import { Failure } from "../components/failure.tsx";
import { Loading } from "../components/loading.tsx";
import { Notice } from "../components/notice.tsx";
import { type Editor, EditorContext, useEditor, useEstimate, useUi } from "../editor/context.ts";
import { loadFormulas } from "../editor/formulas.ts";
import { Header } from "../editor/header.tsx";
import { loadQuickAdd } from "../editor/quick_line.ts";
import { Rows } from "../editor/rows.tsx";
import { ToastBar } from "../editor/toast.tsx";
import { TotalsView } from "../editor/totals_view.tsx";
import { createUiStore } from "../editor/ui_store.ts";
import type { Device } from "../device/database.ts";
import type { Desk } from "../estimate/desk.ts";
import { totalsOfLedger } from "../estimate/ledger.ts";
import { useLoaded } from "../loading.ts";
import { replaceWith, useCover } from "../navigation.ts";
import { useMainButton } from "../telegram/main_button.ts";
import { useClosingConfirmation, useOwnSwipes } from "../telegram/manners.ts";
import { texts } from "../texts_ru.ts";
import "./estimate_screen.css";

export interface EstimateScreenProps {
  readonly api: Api;
  readonly desk: Desk;
  readonly device: Device;
  readonly id: Id;
}

/** From the device at once where it was seen before, else from the server. */
export function EstimateScreen({ api, desk, device, id }: EstimateScreenProps) {
  const opened = useLoaded(id, () => desk.open(id));
  const store = desk.find(id) ?? opened.value;
  if (store) return <EstimateEditor store={store} api={api} device={device} />;
  if (opened.state !== "failed") {
    return (
      <main className="screen">
        <Loading />
      </main>
    );
  }
  return (
    <main className="screen">
      {opened.error.code === "not_found" ? (
        <Notice isPage title={texts.notFound} hint={texts.notFoundHint}>
          <ToEstimates />
        </Notice>
      ) : (
        <Failure isPage error={opened.error} onRetry={opened.reload}>
          <ToEstimates />
        </Failure>
      )}
    </main>
  );
}

function ToEstimates() {
  return (
    <button
      type="button"
      className="button quiet"
      onClick={() => replaceWith({ name: "estimates" })}
    >
      {texts.toEstimates}
    </button>
  );
}

function EstimateEditor({ store, api, device }: Omit<Editor, "ui">) {
  const editor = useMemo(() => ({ store, api, device, ui: createUiStore() }), [store, api, device]);
  useOwnSwipes();
  useHistoryKeys(editor);
  // The rest of the app, while the person looks at the first part of it.
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      void loadQuickAdd();
      void loadFormulas();
      void loadSheets();
      // Without them the rows have no marks; the line's own page says why.
      loadPhotos().then(
        ({ followPhotos }) => followPhotos(editor, controller.signal),
        () => undefined,
      );
    }, 500);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [editor]);
  return (
    <EditorContext value={editor}>
      <main className="estimate">
        <Header />
        <EstimateTitle />
        <Rows />
        <TotalsView />
      </main>
      <ToastBar />
      <SheetPlace />
      <TelegramButtons />
    </EditorContext>
  );
}

const loadPhotos = () => import("../photos/photo_marks.ts");
const loadSheets = () => import("../sheets/sheets.tsx");

function SheetPlace() {
  const { ui } = useEditor();
  const sheet = useUi((state) => state.sheet);
  const [sheets, setSheets] = useState<Awaited<ReturnType<typeof loadSheets>> | null>(null);
  const close = () => ui.set({ sheet: null });
  const isWanted = sheet !== null;
  useCover(isWanted, close);
  useEffect(() => {
    if (!isWanted || sheets) return undefined;
    let isCurrent = true;
    loadSheets().then(
      (loaded) => isCurrent && setSheets(loaded),
      // The network went before their code came, and browsers ask for it once: the editor works on without.
      () => {
        if (!isCurrent) return;
        ui.set({ sheet: null });
        ui.say(texts.notLoaded);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [isWanted, sheets, ui]);
  if (!sheet || !sheets) return null;
  return <sheets.Sheets sheet={sheet} onClose={close} />;
}

/** The names of the object and the client come from the server: asks for them when another is chosen. */
function useNamesInStep(): void {
  const { store } = useEditor();
  const wanted = useEstimate(({ content: { header } }) => `${header.projectId} ${header.clientId}`);
  const shown = useEstimate(({ head }) => `${head.project?.id ?? null} ${head.client?.id ?? null}`);
  const isSent = useEstimate((state) => state.waiting === 0);
  useEffect(() => {
    if (isSent && wanted !== shown) store.refresh();
  }, [store, wanted, shown, isSent]);
}

function EstimateTitle() {
  useNamesInStep();
  const { ui } = useEditor();
  const head = useEstimate((state) => state.head);
  const title = useEstimate((state) => state.content.header.title);
  const isEmpty = useEstimate((state) => state.content.lines.size === 0);
  const canEdit = useEstimate((state) => state.canEdit);
  const shown = title || head.project?.title || texts.untitled;
  const people = [title === "" ? null : head.project?.title, head.client?.name];
  return (
    <div className="estimate-title">
      <h1>
        <button
          type="button"
          className="title-button"
          onClick={() => ui.set({ sheet: { kind: "details" } })}
        >
          {shown}
        </button>
      </h1>
      <p className="hint">{people.filter(Boolean).join(" · ")}</p>
      {canEdit ? null : <p className="hint">{texts.frozenHint}</p>}
      {isEmpty && canEdit ? <p className="hint">{texts.emptyEstimateHint}</p> : null}
    </div>
  );
}

/** The total on Telegram's own button, and its question before unsent changes are left behind. */
function TelegramButtons() {
  const { ui } = useEditor();
  const content = useEstimate((state) => state.content);
  const ledger = useEstimate((state) => state.ledger);
  const waiting = useEstimate((state) => state.waiting);
  const isTyping = useUi((state) => state.cell !== null);
  const { total } = totalsOfLedger(ledger, content);
  const photos = useUi((state) => state.unsentPhotos.count);
  useClosingConfirmation(waiting + photos > 0);
  // The keyboard needs the room.
  useMainButton(
    isTyping
      ? null
      : {
          text: `${texts.total} ${formatMoneyRu(total)}`,
          isEnabled: true,
          isBusy: false,
          onPress: () => ui.set({ sheet: { kind: "totals" } }),
        },
  );
  return null;
}

/** Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y), but inside a field, which has an undo of its own. */
function useHistoryKeys({ store }: Editor): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { target } = event;
      if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
      if (!event.ctrlKey && !event.metaKey) return;
      const isRedo = event.code === "KeyY" || (event.code === "KeyZ" && event.shiftKey);
      if (!isRedo && event.code !== "KeyZ") return;
      event.preventDefault();
      if (isRedo) store.redo();
      else store.undo();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [store]);
}
