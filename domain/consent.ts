import { formatMoneyRu } from "./numbers_ru.ts";
import type { Kopecks } from "./money.ts";

/**
 * What the client agrees to, word for word; the very text is stored with the approval. A simple
 * electronic signature counts when the parties agreed to it and the signer can be told (63-ФЗ, ст. 6,
 * 9); consent to the processing of personal data is a text of its own (152-ФЗ, ст. 9).
 */
export function consentTexts(agreed: {
  number: string;
  revision: number;
  total: Kopecks;
  contractor: string;
}): { readonly signature: string; readonly personalData: string } {
  const { number, revision, total, contractor } = agreed;
  return {
    signature:
      `Я согласен(на) со сметой ${number}, версия ${revision}, на сумму ${formatMoneyRu(total)} и ` +
      "подписываю её простой электронной подписью: моим именем, номером телефона и нажатием кнопки " +
      "«Согласовать» по этой личной ссылке. Стороны признают такую подпись равнозначной " +
      "собственноручной (63-ФЗ, ст. 6 и 9).",
    personalData:
      `Я разрешаю подрядчику (${contractor}) хранить моё имя, номер телефона, IP-адрес и сведения о ` +
      "браузере, чтобы подтвердить это согласование (152-ФЗ, ст. 9).",
  };
}
