import { texts } from "../texts_ru.ts";
import { Notice } from "../components/notice.tsx";

/** What a browser shows: the app needs Telegram to know who the person is. */
export function OutsideScreen() {
  const bot = document.querySelector<HTMLMetaElement>('meta[name="telegram-bot"]')?.content;
  return (
    <main className="screen">
      <Notice title={texts.outside} hint={texts.outsideHint}>
        {bot ? (
          <a className="button" href={`https://t.me/${bot}`}>
            {texts.openTelegram}
          </a>
        ) : null}
      </Notice>
    </main>
  );
}
