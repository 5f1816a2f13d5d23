import { inOrder } from "../../../domain/estimate/estimate.ts";
import { Icon } from "../components/icon.tsx";
import { useEditor, useEstimate } from "../editor/context.ts";
import { addRoom } from "../estimate/rooms.ts";
import { feel } from "../telegram/manners.ts";
import { Dialog, type SheetProps } from "./dialog.tsx";
import { RoomFields } from "./room_fields.tsx";
import { sheetTexts } from "./sheet_texts_ru.ts";

/** The rooms of the object. Quantities that follow them are in step at once. */
export function RoomsSheet({ onClose }: SheetProps) {
  const { store } = useEditor();
  const rooms = useEstimate((state) => state.content.rooms);
  const canEdit = useEstimate((state) => state.canEdit);
  const add = () => {
    const { content } = store.getState();
    feel("add");
    store.change(addRoom(content, `${sheetTexts.newRoom} ${content.rooms.size + 1}`));
  };
  return (
    <Dialog title={sheetTexts.rooms} onClose={onClose}>
      {rooms.size === 0 ? <p className="hint">{sheetTexts.roomsHint}</p> : null}
      {inOrder(rooms.values()).map((room) => (
        <RoomFields key={room.id} room={room} />
      ))}
      {canEdit ? (
        <button type="button" className="action" onClick={add}>
          <Icon name="plus" />
          {sheetTexts.addRoom}
        </button>
      ) : null}
    </Dialog>
  );
}
