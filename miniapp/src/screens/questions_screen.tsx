import { useState } from "react";
import type { Id } from "../../../domain/ids.ts";
import { readAllPages } from "../all_pages.ts";
import { type Api, type Question, read } from "../api.ts";
import { useKept } from "../device/kept.ts";
import { Notice } from "../components/notice.tsx";
import { goTo } from "../navigation.ts";
import { moment } from "./moments.ts";
import { LoadedPart, Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";
import { RecordForm } from "./record_form.tsx";

export interface EstimatePartProps {
  readonly api: Api;
  /** Of the estimate. */
  readonly id: Id;
}

/** What the client asked on the page of the link; each answer shows there at once. */
export function QuestionsScreen({ api, id }: EstimatePartProps) {
  const loaded = useKept(`questions/${id}`, () =>
    readAllPages((query) => read(api.estimates[":id"].questions.$get({ param: { id }, query }))),
  );
  return (
    <Page
      title={pageTexts.questions}
      action={
        <button
          type="button"
          className="button quiet"
          onClick={() => goTo({ name: "estimate", id })}
        >
          {pageTexts.toEstimate}
        </button>
      }
    >
      <LoadedPart loaded={loaded}>
        {({ items }) => (
          <>
            {items.length === 0 ? (
              <Notice title={pageTexts.noQuestions} hint={pageTexts.noQuestionsHint} />
            ) : null}
            {items.map((question) => (
              <QuestionPanel
                key={question.id}
                api={api}
                question={question}
                onAnswered={loaded.reload}
              />
            ))}
          </>
        )}
      </LoadedPart>
    </Page>
  );
}

interface QuestionPanelProps {
  readonly api: Api;
  readonly question: Question;
  readonly onAnswered: () => void;
}

function QuestionPanel({ api, question, onAnswered }: QuestionPanelProps) {
  const { id, estimateId, line, text, authorName, askedAt, answer } = question;
  const [isMending, setIsMending] = useState(false);
  const isOpen = answer === null || isMending;
  const save = async ({ text: typed }: { readonly text: string }) => {
    const param = { id: estimateId, questionId: id };
    const route = api.estimates[":id"].questions[":questionId"].answer;
    await read(route.$put({ param, json: { text: typed } }));
    setIsMending(false);
    onAnswered();
  };
  return (
    <section className="panel" aria-label={text}>
      {line ? <h2>{line.name}</h2> : <h2>{pageTexts.wholeEstimate}</h2>}
      <p className="said">{text}</p>
      <p className="hint">{[authorName || pageTexts.clientUnnamed, moment(askedAt)].join(" · ")}</p>
      {answer === null ? null : <p>{answer}</p>}
      {question.answeredAt === null ? null : (
        <p className="hint">{[question.answeredByName, moment(question.answeredAt)].join(" · ")}</p>
      )}
      {isOpen ? (
        <RecordForm<"text">
          fields={[{ name: "text", label: pageTexts.answer, maxLength: 4000, rows: 3 }]}
          initial={{ text: answer ?? "" }}
          saveLabel={pageTexts.sendAnswer}
          onSave={save}
        />
      ) : (
        <button type="button" className="action" onClick={() => setIsMending(true)}>
          {pageTexts.mendAnswer}
        </button>
      )}
    </section>
  );
}
