import { Notice } from "../components/notice.tsx";
import { outsideTexts } from "./outside_texts_ru.ts";

/** What a browser shows that nobody is logged in with: how to get in. */
export function OutsideScreen({ title = outsideTexts.outside }: { readonly title?: string }) {
  const bot = document.querySelector<HTMLMetaElement>('meta[name="telegram-bot"]')?.content;
  return (
    <main className="screen">
      <Notice isPage title={title} hint={outsideTexts.outsideHint}>
        {bot ? (
          <a className="button" href={`https://t.me/${bot}`}>
            {outsideTexts.openTelegram}
          </a>
        ) : null}
      </Notice>
    </main>
  );
}
