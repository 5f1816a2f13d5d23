import { useState } from "react";
import type { Id } from "../../../domain/ids.ts";
import { type Api, type Project, read } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { useKeptLoaded } from "../device/kept.ts";
import { goTo, replaceWith } from "../navigation.ts";
import type { RecordScreenProps } from "./clients_screen.tsx";
import { EstimatesOf } from "./estimates_of.tsx";
import { KeptForm, LoadedPart, Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";
import { Picker } from "./picker.tsx";
import { type FieldDescription, RecordForm, type Texts } from "./record_form.tsx";
import { RecordList } from "./record_list.tsx";

export function ProjectsScreen({ api }: { readonly api: Api }) {
  return (
    <Page
      title={pageTexts.projects}
      action={
        <button
          type="button"
          className="button"
          onClick={() => goTo({ name: "project", id: null })}
        >
          <Icon name="plus" />
          {pageTexts.newProject}
        </button>
      }
    >
      <RecordList<Project>
        name="projects"
        searchLabel={pageTexts.searchProjects}
        emptyTitle={pageTexts.noProjects}
        emptyHint={pageTexts.noProjectsHint}
        load={(query, signal) => read(api.projects.$get({ query }, { init: { signal } }))}
      >
        {(project) => (
          <button
            type="button"
            className="card"
            onClick={() => goTo({ name: "project", id: project.id })}
          >
            <span className="card-title">{project.title}</span>
            <span className="card-hint">
              {project.address === "" ? null : <span>{project.address}</span>}
              {project.clientName === null ? null : <span>{project.clientName}</span>}
            </span>
          </button>
        )}
      </RecordList>
    </Page>
  );
}

type Name = "title" | "address" | "note";

const FIELDS: readonly FieldDescription<Name>[] = [
  { name: "title", label: pageTexts.projectTitle, maxLength: 200 },
  { name: "address", label: pageTexts.address, maxLength: 300 },
  { name: "note", label: pageTexts.note, maxLength: 2000, rows: 3 },
];

export function ProjectScreen({ api, id }: RecordScreenProps) {
  if (id === null) return <NewProject api={api} />;
  return <KnownProject api={api} id={id} />;
}

interface ChosenClient {
  readonly id: Id | null;
  readonly name: string | null;
}

function NewProject({ api }: { readonly api: Api }) {
  const [client, setClient] = useState<ChosenClient>({ id: null, name: null });
  return (
    <Page title={pageTexts.newProjectTitle}>
      <section className="panel">
        <Picker api={api} what="client" chosen={client.name} onPick={setClient} />
        <RecordForm<Name>
          fields={FIELDS}
          initial={{ title: "", address: "", note: "" }}
          onSave={async (typed) => {
            const json = { ...typed, clientId: client.id };
            const { id } = await read(api.projects.$post({ json }));
            replaceWith({ name: "project", id });
          }}
        />
      </section>
    </Page>
  );
}

function KnownProject({ api, id }: { readonly api: Api; readonly id: Id }) {
  const loaded = useKeptLoaded(`project/${id}`, `project/${id}`, () =>
    read(api.projects[":id"].$get({ param: { id } })),
  );
  return (
    <Page title={loaded.value?.title ?? pageTexts.project}>
      <LoadedPart loaded={loaded}>
        {(project) => (
          <>
            <KeptForm keptAt={loaded.keptAt}>
              <ProjectForm api={api} project={project} />
            </KeptForm>
            <EstimatesOf api={api} query={{ projectId: id }} />
          </>
        )}
      </LoadedPart>
    </Page>
  );
}

function ProjectForm({ api, project }: { readonly api: Api; readonly project: Project }) {
  const [client, setClient] = useState<ChosenClient>({
    id: project.clientId,
    name: project.clientName,
  });
  const initial: Texts<Name> = project;
  return (
    <>
      <Picker api={api} what="client" chosen={client.name} onPick={setClient} />
      <RecordForm<Name>
        fields={FIELDS}
        initial={initial}
        onSave={async ({ title, address, note }) => {
          const json = { title, address, note, clientId: client.id };
          await read(api.projects[":id"].$patch({ param: { id: project.id }, json }));
        }}
      />
    </>
  );
}
