import { useState } from "react";
import { parseDay } from "../../../domain/calendar.ts";
import { ROLE_NAMES } from "../../../domain/access.ts";
import { describeVat, VAT_GROUNDS, VAT_RATES, type VatMode } from "../../../domain/vat.ts";
import { type Api, type Company, type Me, read } from "../api.ts";
import { useKept } from "../device/kept.ts";
import type { Session } from "../session.ts";
import { Logins } from "./logins.tsx";
import { day } from "./moments.ts";
import { KeptForm, LoadedPart, Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";
import { type FieldDescription, FieldProblem, RecordForm, type Texts } from "./record_form.tsx";

export interface SettingsScreenProps {
  readonly api: Api;
  readonly me: Me | null;
  readonly session: Session;
}

/** What the person's role may see and change; the rest is in the chat. */
export function SettingsScreen({ api, me, session }: SettingsScreenProps) {
  const loaded = useKept("company", () => read(api.company.$get()));
  const isOwner = me?.role === "owner";
  return (
    <Page title={pageTexts.settings}>
      {me ? (
        <section className="panel">
          <h2>{me.name}</h2>
          <p className="hint">
            {ROLE_NAMES[me.role]} · {me.company.name}
          </p>
        </section>
      ) : null}
      <LoadedPart loaded={loaded}>
        {(company) => (
          <>
            <KeptForm keptAt={loaded.keptAt}>
              <h2>{pageTexts.requisites}</h2>
              <RecordForm<Name>
                fields={FIELDS}
                initial={company}
                isReadOnly={!isOwner}
                onSave={async (typed) => {
                  const given = FIELDS.map(({ name }) => [name, typed[name].trim()] as const);
                  const json = Object.fromEntries(given) as Texts<Name>;
                  await read(api.company.$patch({ json }));
                }}
              />
            </KeptForm>
            <VatModes api={api} company={company} isOwner={isOwner} onSaved={loaded.reload} />
          </>
        )}
      </LoadedPart>
      {me !== null && me.role !== "foreman" ? <Team api={api} /> : null}
      <Logins api={api} session={session} />
      <p className="hint">{pageTexts.moreInChat}</p>
    </Page>
  );
}

type Name =
  | "name"
  | "fullName"
  | "inn"
  | "kpp"
  | "ogrn"
  | "address"
  | "phone"
  | "email"
  | "bankName"
  | "bankBik"
  | "bankAccount"
  | "bankCorrespondentAccount"
  | "signatory";

const FIELDS: readonly FieldDescription<Name>[] = [
  { name: "name", label: "Название", maxLength: 200 },
  { name: "fullName", label: "Полное название", maxLength: 300 },
  { name: "inn", label: "ИНН", maxLength: 12, mode: "numeric" },
  { name: "kpp", label: "КПП", maxLength: 9, mode: "numeric" },
  { name: "ogrn", label: "ОГРН или ОГРНИП", maxLength: 15, mode: "numeric" },
  { name: "address", label: "Адрес", maxLength: 300 },
  { name: "phone", label: "Телефон", maxLength: 50, mode: "tel" },
  { name: "email", label: "Эл. почта", maxLength: 100, mode: "email" },
  { name: "bankName", label: "Банк", maxLength: 200 },
  { name: "bankBik", label: "БИК", maxLength: 9, mode: "numeric" },
  { name: "bankAccount", label: "Расчётный счёт", maxLength: 20, mode: "numeric" },
  { name: "bankCorrespondentAccount", label: "Корр. счёт", maxLength: 20, mode: "numeric" },
  { name: "signatory", label: "Кто подписывает", maxLength: 100 },
];

interface VatModesProps {
  readonly api: Api;
  readonly company: Company;
  readonly isOwner: boolean;
  readonly onSaved: () => void;
}

const MODES: readonly VatMode[] = [
  ...(Object.keys(VAT_GROUNDS) as (keyof typeof VAT_GROUNDS)[]).map((ground): VatMode => ({
    kind: "none",
    ground,
  })),
  ...VAT_RATES.map((rate): VatMode => ({ kind: "included", rate })),
  ...VAT_RATES.map((rate): VatMode => ({ kind: "on_top", rate })),
];

/** How the company charges VAT from which day; new estimates take the mode of their day. */
function VatModes({ api, company, isOwner, onSaved }: VatModesProps) {
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  return (
    <section className="panel">
      <h2>{pageTexts.vat}</h2>
      {company.vatModes.length === 0 ? <p className="hint">{pageTexts.noVatModes}</p> : null}
      <ul>
        {company.vatModes.map(({ validFrom, mode }) => (
          <li key={validFrom}>
            {pageTexts.since} {day(validFrom)}: {nameMode(mode, validFrom)}
          </li>
        ))}
      </ul>
      {isOwner ? (
        <RecordForm<"validFrom" | "mode">
          fields={[
            { name: "validFrom", label: pageTexts.vatSince, type: "date" },
            {
              name: "mode",
              label: pageTexts.vat,
              options: MODES.map((mode, index) => [String(index), nameMode(mode, today)] as const),
            },
          ]}
          initial={{ validFrom: today, mode: "0" }}
          saveLabel={pageTexts.setVat}
          onSave={async ({ validFrom, mode }) => {
            const chosen = MODES[Number(mode)];
            const from = parseDay(validFrom);
            if (!from || !chosen) throw new FieldProblem(pageTexts.chooseDay);
            await read(api.company.vat.$put({ json: { validFrom: from, mode: chosen } }));
            onSaved();
          }}
        />
      ) : null}
    </section>
  );
}

function nameMode(mode: VatMode, on: string): string {
  if (mode.kind === "none") return VAT_GROUNDS[mode.ground];
  const date = parseDay(on);
  return date ? describeVat(mode, date) : "";
}

function Team({ api }: { readonly api: Api }) {
  const loaded = useKept("team", () => read(api.company.team.$get()));
  return (
    <section className="panel">
      <h2>{pageTexts.team}</h2>
      <LoadedPart loaded={loaded}>
        {({ items }) => (
          <ul>
            {items.map((member) => (
              <li key={member.userId} className="panel-row">
                <span>{member.name}</span>
                <span className="hint">{ROLE_NAMES[member.role]}</span>
              </li>
            ))}
          </ul>
        )}
      </LoadedPart>
    </section>
  );
}
