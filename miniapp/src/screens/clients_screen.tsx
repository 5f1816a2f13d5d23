import type { Id } from "../../../domain/ids.ts";
import { type Api, type Client, read } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { useKeptLoaded } from "../device/kept.ts";
import { goTo, replaceWith } from "../navigation.ts";
import { EstimatesOf } from "./estimates_of.tsx";
import { KeptForm, LoadedPart, Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";
import { type FieldDescription, RecordForm, type Texts } from "./record_form.tsx";
import { RecordList } from "./record_list.tsx";

export function ClientsScreen({ api }: { readonly api: Api }) {
  return (
    <Page
      title={pageTexts.clients}
      action={
        <button type="button" className="button" onClick={() => goTo({ name: "client", id: null })}>
          <Icon name="plus" />
          {pageTexts.newClient}
        </button>
      }
    >
      <RecordList<Client>
        name="clients"
        searchLabel={pageTexts.searchClients}
        emptyTitle={pageTexts.noClients}
        emptyHint={pageTexts.noClientsHint}
        load={(query, signal) => read(api.clients.$get({ query }, { init: { signal } }))}
      >
        {(client) => (
          <button
            type="button"
            className="card"
            onClick={() => goTo({ name: "client", id: client.id })}
          >
            <span className="card-title">{client.name}</span>
            <span className="card-hint">
              <span>{KINDS[client.kind]}</span>
              {client.phones.map(({ raw }) => (
                <span key={raw}>{raw}</span>
              ))}
              {client.address === "" ? null : <span>{client.address}</span>}
            </span>
          </button>
        )}
      </RecordList>
    </Page>
  );
}

const KINDS: Readonly<Record<Client["kind"], string>> = {
  person: pageTexts.person,
  organisation: pageTexts.organisation,
};

type Name = "name" | "kind" | "phones" | "emails" | "inn" | "address" | "note";

const FIELDS: readonly FieldDescription<Name>[] = [
  { name: "name", label: pageTexts.clientName, maxLength: 200 },
  { name: "kind", label: pageTexts.clientKind, options: Object.entries(KINDS) },
  { name: "phones", label: pageTexts.phones, maxLength: 500, mode: "tel" },
  { name: "emails", label: pageTexts.emails, maxLength: 500, mode: "email" },
  { name: "inn", label: pageTexts.inn, maxLength: 12, mode: "numeric" },
  { name: "address", label: pageTexts.address, maxLength: 300 },
  { name: "note", label: pageTexts.note, maxLength: 2000, rows: 3 },
];

const EMPTY: Texts<Name> = {
  name: "",
  kind: "person",
  phones: "",
  emails: "",
  inn: "",
  address: "",
  note: "",
};

export interface RecordScreenProps {
  readonly api: Api;
  /** Null: a new one. */
  readonly id: Id | null;
}

export function ClientScreen({ api, id }: RecordScreenProps) {
  if (id === null) return <NewClient api={api} />;
  return <KnownClient api={api} id={id} />;
}

function NewClient({ api }: { readonly api: Api }) {
  return (
    <Page title={pageTexts.newClientTitle}>
      <section className="panel">
        <RecordForm<Name>
          fields={FIELDS}
          initial={EMPTY}
          onSave={async (typed) => {
            const { id } = await read(api.clients.$post({ json: fieldsOf(typed) }));
            replaceWith({ name: "client", id });
          }}
        />
      </section>
    </Page>
  );
}

function KnownClient({ api, id }: { readonly api: Api; readonly id: Id }) {
  const loaded = useKeptLoaded(`client/${id}`, `client/${id}`, () =>
    read(api.clients[":id"].$get({ param: { id } })),
  );
  return (
    <Page title={loaded.value?.name ?? pageTexts.client}>
      <LoadedPart loaded={loaded}>
        {(client) => (
          <>
            <KeptForm keptAt={loaded.keptAt}>
              <RecordForm<Name>
                fields={FIELDS}
                initial={textsOf(client)}
                onSave={async (typed) => {
                  const json = fieldsOf(typed);
                  await read(api.clients[":id"].$patch({ param: { id }, json }));
                }}
              />
            </KeptForm>
            <EstimatesOf api={api} query={{ clientId: id }} />
          </>
        )}
      </LoadedPart>
    </Page>
  );
}

function textsOf(client: Client): Texts<Name> {
  return {
    ...client,
    phones: client.phones.map(({ raw }) => raw).join(", "),
    emails: client.emails.join(", "),
  };
}

/** The server reads the numbers: it knows how people write them. */
function fieldsOf({ phones, emails, kind, ...rest }: Texts<Name>) {
  return {
    ...rest,
    kind: kind === "organisation" ? ("organisation" as const) : ("person" as const),
    phones: split(phones).map((raw) => ({ raw, e164: null })),
    emails: split(emails),
  };
}

function split(text: string): string[] {
  return text
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
