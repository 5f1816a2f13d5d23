import { MEASURES, measureQuantity, type Opening, type Room } from "../../../domain/measures.ts";
import { MEASURE_NAMES } from "../../../domain/measures_ru.ts";
import { explainNumberProblem } from "../../../domain/number_sentences.ts";
import { formatQuantityRu, parseQuantityRu } from "../../../domain/numbers_ru.ts";
import { type Quantity, QUANTITY_ONE } from "../../../domain/quantity.ts";
import { cleanText } from "../../../domain/text.ts";
import { Icon } from "../components/icon.tsx";
import { useEditor, useEstimate } from "../editor/context.ts";
import { removeRoom, type RoomFields as Fields, setRoom } from "../estimate/rooms.ts";
import { Choice, NumberField, TextField } from "./fields.tsx";
import { MEASURE_UNITS, sheetTexts } from "./sheet_texts_ru.ts";

/** What a room may measure: a thousand metres. */
const LIMITS = { minimum: 0n as Quantity, maximum: (1000n * QUANTITY_ONE) as Quantity };

/** One room: its sizes, its openings, and what they give. */
export function RoomFields({ room }: { readonly room: Room }) {
  const { store } = useEditor();
  const canEdit = useEstimate((state) => state.canEdit);
  const set = (fields: Fields) => store.change(setRoom(room.id, fields));
  const size = (field: "length" | "width" | "height", label: string) => (
    <MetresField
      label={label}
      metres={room[field]}
      isDisabled={!canEdit}
      onSave={(metres) => set({ [field]: metres })}
    />
  );
  const setOpening = (index: number, opening: Opening | null) =>
    set({
      openings: room.openings.flatMap((old, at) => {
        if (at !== index) return [old];
        return opening ? [opening] : [];
      }),
    });
  return (
    <section className="adjustment" aria-label={room.name}>
      <TextField
        label={sheetTexts.roomName}
        value={room.name}
        maxLength={100}
        isDisabled={!canEdit}
        onSave={(text) => {
          const name = cleanText(text).replace(/\s+/g, " ");
          if (name !== "") set({ name });
        }}
      />
      <div className="field-row sizes">
        {size("length", sheetTexts.roomLength)}
        {size("width", sheetTexts.roomWidth)}
        {size("height", sheetTexts.roomHeight)}
      </div>
      {room.openings.map((opening, index) => (
        <OpeningFields
          // An opening has no name of its own: it is its place in the room.
          // oxlint-disable-next-line react/no-array-index-key
          key={index}
          opening={opening}
          canEdit={canEdit}
          onChange={(changed) => setOpening(index, changed)}
        />
      ))}
      <dl className="measures">
        {MEASURES.map((measure) => (
          <div key={measure}>
            <dt>{MEASURE_NAMES[measure]}</dt>
            <dd className="amount">
              {formatQuantityRu(measureQuantity(room, measure))} {MEASURE_UNITS[measure]}
            </dd>
          </div>
        ))}
      </dl>
      {canEdit ? (
        <div className="actions">
          {(["door", "window"] as const).map((kind) => (
            <button
              key={kind}
              type="button"
              className="action inner"
              onClick={() => set({ openings: [...room.openings, USUAL[kind]] })}
            >
              <Icon name="plus" />
              {sheetTexts[kind]}
            </button>
          ))}
          <button
            type="button"
            className="action inner danger"
            onClick={() => store.change(removeRoom(room.id))}
          >
            <Icon name="trash" />
            {sheetTexts.removeRoom}
          </button>
        </div>
      ) : null}
    </section>
  );
}

/** What most flats have; the person mends the numbers. */
const USUAL: Readonly<Record<Opening["kind"], Opening>> = {
  door: { kind: "door", width: tenths(8n), height: tenths(20n), count: 1 },
  window: { kind: "window", width: tenths(15n), height: tenths(14n), count: 1 },
};

function tenths(count: bigint): Quantity {
  return ((count * QUANTITY_ONE) / 10n) as Quantity;
}

interface OpeningFieldsProps {
  readonly opening: Opening;
  readonly canEdit: boolean;
  /** Null: it goes. */
  readonly onChange: (opening: Opening | null) => void;
}

function OpeningFields({ opening, canEdit, onChange }: OpeningFieldsProps) {
  const name = sheetTexts[opening.kind];
  const size = (field: "width" | "height", label: string) => (
    <MetresField
      label={`${name}: ${label}`}
      metres={opening[field]}
      isDisabled={!canEdit}
      onSave={(metres) => onChange({ ...opening, [field]: metres })}
    />
  );
  const counts = Array.from({ length: 20 }, (_, index) => String(index + 1));
  return (
    <div className="opening">
      <div className="field-row sizes">
        {size("width", sheetTexts.openingWidth)}
        {size("height", sheetTexts.openingHeight)}
        <Choice
          label={sheetTexts.openingCount}
          value={String(opening.count)}
          options={counts.map((count) => [count, count] as const)}
          isDisabled={!canEdit}
          onChange={(count) => onChange({ ...opening, count: Number(count) })}
        />
      </div>
      {canEdit ? (
        <button
          type="button"
          className="icon-button"
          aria-label={`${sheetTexts.removeOpening}: ${name}`}
          onClick={() => onChange(null)}
        >
          <Icon name="close" />
        </button>
      ) : null}
    </div>
  );
}

interface MetresFieldProps {
  readonly label: string;
  readonly metres: Quantity;
  readonly isDisabled: boolean;
  readonly onSave: (metres: Quantity) => void;
}

/** Metres, also as arithmetic: «3,2+1,4». */
function MetresField({ label, metres, isDisabled, onSave }: MetresFieldProps) {
  return (
    <NumberField
      label={label}
      value={metres === 0n ? "" : formatQuantityRu(metres)}
      isDisabled={isDisabled}
      onSave={(text) => {
        const result = parseQuantityRu(text.trim() === "" ? "0" : text, LIMITS);
        if (!result.ok) return explainNumberProblem(result.reason, { kind: "quantity" });
        onSave(result.value);
        return null;
      }}
    />
  );
}
