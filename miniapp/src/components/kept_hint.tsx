import { moment } from "../screens/moments.ts";
import { texts } from "../texts_ru.ts";

/** Says how old the content on the screen is, while it comes from the device. */
export function KeptHint({ keptAt }: { readonly keptAt: number | null }) {
  if (keptAt === null) return null;
  return (
    <p className="hint">
      {texts.keptFrom} {moment(new Date(keptAt).toISOString())}
    </p>
  );
}
