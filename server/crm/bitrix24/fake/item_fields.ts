/** Kinds of CRM objects this fake has, by their `entityTypeId`. */
export const ENTITY = { deal: 2, contact: 3, company: 4, quote: 7 } as const;

export interface ItemField {
  name: string;
  type: string;
  title: string;
  isReadOnly: boolean;
  isMultiple: boolean;
  /** Set for custom fields only: `UF_CRM_…`. */
  upperName?: string;
}

export type ItemFields = ReadonlyMap<string, ItemField>;

type Row = readonly [name: string, type: string, title: string];

/** Fields of all objects. api-reference/crm/universal/object-fields.md */
const COMMON: readonly Row[] = [
  ["id", "integer!", "ID"],
  ["createdTime", "datetime!", "Дата создания"],
  ["updatedTime", "datetime!", "Дата изменения"],
  ["createdBy", "user!", "Кем создан"],
  ["updatedBy", "user!", "Кем изменён"],
  ["assignedById", "user", "Ответственный"],
  ["opened", "boolean", "Доступен для всех"],
  ["lastActivityBy", "user!", "Последняя активность (кто)"],
  ["lastActivityTime", "datetime!", "Последняя активность"],
  ["webformId", "integer", "Создан CRM-формой"],
  ["utmSource", "string", "UTM Source"],
  ["utmMedium", "string", "UTM Medium"],
  ["utmCampaign", "string", "UTM Campaign"],
  ["utmContent", "string", "UTM Content"],
  ["utmTerm", "string", "UTM Term"],
];

const ORIGIN: readonly Row[] = [
  ["originatorId", "string", "Внешний источник"],
  ["originId", "string", "Идентификатор элемента во внешнем источнике"],
];

/** Flat views of the first value of a kind; they are read only and follow `fm`. */
const MULTIFIELD_VIEWS: readonly Row[] = [
  ["hasPhone", "boolean!", "Задан телефон"],
  ["hasEmail", "boolean!", "Задан e-mail"],
  ["hasImol", "boolean!", "Задана открытая линия"],
  ["phoneMobile", "string!", "Мобильный телефон"],
  ["phoneWork", "string!", "Рабочий телефон"],
  ["phoneMailing", "string!", "Телефон для рассылок"],
  ["emailHome", "string!", "Частный e-mail"],
  ["emailWork", "string!", "Рабочий e-mail"],
  ["emailMailing", "string!", "E-mail для рассылок"],
  ["imol", "string!", "Открытая линия"],
  ["phone", "string!", "Телефон"],
  ["email", "string!", "E-mail"],
];

const MONEY: readonly Row[] = [
  ["opportunity", "double", "Сумма"],
  ["isManualOpportunity", "boolean", "Режим расчёта суммы"],
  ["taxValue", "double", "Сумма налога"],
  ["currencyId", "crm_currency", "Валюта"],
];

const CONTACT: readonly Row[] = [
  ["honorific", "crm_status", "Обращение"],
  ["name", "string", "Имя"],
  ["secondName", "string", "Отчество"],
  ["lastName", "string", "Фамилия"],
  ["photo", "file", "Фотография"],
  ["birthdate", "date", "Дата рождения"],
  ["typeId", "crm_status", "Тип контакта"],
  ["sourceId", "crm_status", "Источник"],
  ["sourceDescription", "text", "Дополнительно об источнике"],
  ["post", "string", "Должность"],
  ["comments", "text", "Комментарий"],
  ["export", "boolean", "Участвует в экспорте контактов"],
  ["companyId", "crm_company", "Компания"],
  ["companyIds", "crm_company[]", "Компании"],
  ["leadId", "crm_lead", "Лид"],
  ["originVersion", "string", "Версия оригинала"],
  ["observers", "user[]", "Наблюдатели"],
  ["categoryId", "crm_category!", "Направление"],
];

const COMPANY: readonly Row[] = [
  ["title", "string", "Название компании"],
  ["typeId", "crm_status", "Тип компании"],
  ["logo", "file", "Логотип"],
  ["bankingDetails", "string", "Банковские реквизиты"],
  ["industry", "crm_status", "Сфера деятельности"],
  ["employees", "crm_status", "Кол-во сотрудников"],
  ["currencyId", "crm_currency", "Валюта"],
  ["revenue", "double", "Годовой оборот"],
  ["comments", "text", "Комментарий"],
  ["isMyCompany", "boolean", "Реквизиты моей компании"],
  ["contactIds", "crm_contact[]", "Контакты"],
  ["leadId", "crm_lead", "Лид"],
  ["originVersion", "string", "Версия оригинала"],
  ["observers", "user[]", "Наблюдатели"],
  ["categoryId", "crm_category!", "Направление"],
];

const DEAL: readonly Row[] = [
  ["title", "string", "Название"],
  ["typeId", "crm_status", "Тип"],
  ["categoryId", "crm_category", "Воронка"],
  ["stageId", "crm_status", "Стадия сделки"],
  ["stageSemanticId", "string!", "Группа стадии"],
  ["isNew", "boolean!", "Новая сделка"],
  ["isRecurring", "boolean", "Регулярная сделка"],
  ["isReturnCustomer", "boolean", "Повторная сделка"],
  ["isRepeatedApproach", "boolean", "Повторное обращение"],
  ["closed", "boolean!", "Закрыта"],
  ["probability", "integer", "Вероятность, %"],
  ["comments", "text", "Комментарий"],
  ["begindate", "date", "Дата начала"],
  ["closedate", "date", "Предполагаемая дата закрытия"],
  ["leadId", "crm_lead", "Лид"],
  ["companyId", "crm_company", "Компания"],
  ["contactId", "crm_contact", "Контакт"],
  ["contactIds", "crm_contact[]", "Контакты"],
  ["quoteId", "crm_quote", "Предложение"],
  ["sourceId", "crm_status", "Источник"],
  ["sourceDescription", "text", "Дополнительно об источнике"],
  ["additionalInfo", "text", "Дополнительная информация"],
  ["locationId", "location", "Местоположение"],
  ["orderStage", "string!", "Стадия оплаты"],
  ["observers", "user[]", "Наблюдатели"],
  ["movedBy", "user!", "Кем изменена стадия"],
  ["movedTime", "datetime!", "Дата изменения стадии"],
];

const QUOTE: readonly Row[] = [
  ["title", "string", "Тема"],
  ["stageId", "crm_status", "Стадия"],
  ["closed", "boolean!", "Закрыто"],
  ["content", "text", "Содержание"],
  ["terms", "text", "Условия"],
  ["comments", "text", "Комментарий"],
  ["dealId", "crm_deal", "Сделка"],
  ["leadId", "crm_lead", "Лид"],
  ["companyId", "crm_company", "Компания"],
  ["contactId", "crm_contact", "Контакт"],
  ["contactIds", "crm_contact[]", "Контакты"],
  ["begindate", "date", "Дата выставления"],
  ["closedate", "date", "Дата завершения"],
  ["actualDate", "date", "Действительно до"],
  ["mycompanyId", "crm_company", "Реквизиты моей компании"],
  ["locationId", "location", "Местоположение"],
];

export const CONTACT_FIELDS = describe([...COMMON, ...CONTACT, ...ORIGIN, ...MULTIFIELD_VIEWS]);
export const COMPANY_FIELDS = describe([...COMMON, ...COMPANY, ...ORIGIN, ...MULTIFIELD_VIEWS]);
export const DEAL_FIELDS = describe([...COMMON, ...DEAL, ...MONEY, ...ORIGIN]);
export const QUOTE_FIELDS = describe([...COMMON, ...QUOTE, ...MONEY]);

/** In the tables `!` marks what REST cannot write, `[]` what holds several values. */
function describe(rows: readonly Row[]): ItemFields {
  const fields = rows.map(([name, type, title]): [string, ItemField] => [
    name,
    {
      name,
      type: type.replace(/[![\]]/g, ""),
      title,
      isReadOnly: type.endsWith("!"),
      isMultiple: type.endsWith("[]"),
    },
  ]);
  return new Map(fields);
}

/** `createdTime` → `CREATED_TIME`. */
export function upperNameOf(field: ItemField): string {
  return field.upperName ?? field.name.replaceAll(/([A-Z])/g, "_$1").toUpperCase();
}

/**
 * `UF_CRM_ESTIMATE_ID` → `ufCrmEstimateId`, but `UF_CRM_1720019876534` → `ufCrm_1720019876534`:
 * a part that starts with a digit keeps its underscore.
 */
export function camelNameOf(upperName: string): string {
  const [first = "", ...rest] = upperName.toLowerCase().split("_");
  const parts = rest.map((part) =>
    /^\d/.test(part) ? `_${part}` : part.charAt(0).toUpperCase() + part.slice(1),
  );
  return first + parts.join("");
}
