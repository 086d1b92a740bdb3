"""Questions with the passages that answer them: a report's editions, held-out pairs, BEIR folders, SQuAD files."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.case import Case
from eval.metrics import place
from eval.run import load_cases
from index.errors import EsgQaError
from index.model.measure import Paragraph, Trial, general_knowledge, held_out_trials
from index.model.pairs import Side, read_sources
from index.script import LANGUAGES, Language, language_of, render
from index.snapshot import Snapshot

SIDES: tuple[Side, ...] = ("zh", "en")

EDITION_QUESTIONS = Path(__file__).with_name("edition_questions.jsonl")


class BadRetrievalSet(EsgQaError):
    """A folder or file of questions and passages cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question and the passages that answer it."""

    id: str
    group: str  # of questions on one thing, such as the same in other scripts; drawn together in an interval
    language: Language
    text: str
    relevant: frozenset[str]  # ids of passages
    edition: Language | None = None  # search passages of this language only; None: all


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalSet:
    """Passages and questions to find them by."""

    name: str
    passages: dict[str, str]  # id to text; empty: those of the index that is asked
    asks: tuple[Ask, ...]


def edition_set(snapshot: Snapshot, cases: Sequence[Case] | None = None) -> RetrievalSet:
    """Ask the answered cases, and `edition_questions.jsonl` where there is one, of each edition and of all at once.

    Evidence names sections or rows; where it names rows of a section, the section itself is not evidence. A question
    that needs earlier ones is left out.
    """
    asks: list[Ask] = []
    editions = sorted({passage.edition for passage in snapshot.passages})
    for case_id, group, language, text, evidence in _questions(cases):
        keys = _narrowest(evidence)
        found = {p.id for p in snapshot.passages if any(_holds(name, keys) for name in (place(p.id), *p.blocks))}
        for edition in (*editions, None):
            relevant = frozenset(i for i in found if edition is None or snapshot.by_id[i].edition == edition)
            if relevant:
                name = f"{case_id}@{edition or 'all'}"
                searched = next((each for each in LANGUAGES if each == edition), None)
                asks.append(
                    Ask(id=name, group=group, language=language, text=text, relevant=relevant, edition=searched)
                )
    return RetrievalSet(name="editions", passages={}, asks=tuple(asks))


def held_out_sets(folder: Path) -> list[RetrievalSet]:
    """Read the pairs that training never sees, held out by law and document as `index.model.pairs` does.

    Pairs are folded when read, so that a Chinese question is Simplified; each is asked in Traditional characters too.
    """
    if not (folder / "SOURCES.tsv").is_file():
        raise BadRetrievalSet(f"{folder}: no SOURCES.tsv; expected the folder of training pairs")
    return [_trial_set(trial) for trial in held_out_trials(read_sources(folder))]


def knowledge_sets() -> list[RetrievalSet]:
    """Ask for paragraphs of general knowledge, Chinese and English apart; questions on one paragraph are a group."""
    return [
        _paragraph_set(f"{name}, {answered}", chosen, {each.id: each.text[answered] for each in pool})
        for name, chosen, pool in general_knowledge()
        for answered in SIDES
    ]


def beir_set(folder: Path) -> RetrievalSet:
    """Read a folder in BEIR's format (Thakur et al., 2021): corpus.jsonl, queries.jsonl, qrels/test.tsv.

    A query may say its group and language in its metadata. Raises BadRetrievalSet.
    """
    passages = {
        str(row["_id"]): " ".join(filter(None, [row.get("title", ""), row["text"]]))
        for row in _rows(folder / "corpus.jsonl", ("_id", "text"))
    }
    relevant: dict[str, set[str]] = {}
    for query, passage, grade in _qrels(folder / "qrels" / "test.tsv"):
        if grade > 0:
            relevant.setdefault(query, set()).add(passage)
    asks = []
    for row in _rows(folder / "queries.jsonl", ("_id", "text")):
        name, meta = str(row["_id"]), row.get("metadata") or {}
        if relevant.get(name):
            asks.append(
                Ask(
                    id=name,
                    group=str(meta.get("group", name)),
                    language=_language(meta.get("language"), row["text"]),
                    text=row["text"],
                    relevant=frozenset(relevant[name]),
                )
            )
    return _checked(RetrievalSet(name=folder.name, passages=passages, asks=tuple(asks)), folder)


def squad_set(path: Path) -> RetrievalSet:
    """Read a file in SQuAD's format (Rajpurkar et al., 2016): every distinct paragraph is a passage.

    Questions without an answer are left out. Raises BadRetrievalSet.
    """
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
        ids = {text: f"p{n}" for n, text in enumerate(dict.fromkeys(p["context"] for p in paragraphs))}
        asks = [
            Ask(
                id=str(qa["id"]),
                group=str(qa["id"]),
                language=language_of(qa["question"]),
                text=qa["question"],
                relevant=frozenset({ids[paragraph["context"]]}),
            )
            for paragraph in paragraphs
            for qa in paragraph["qas"]
            if not qa.get("is_impossible")
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadRetrievalSet(f"{path}: expected SQuAD's format, data[].paragraphs[].qas[] ({error!r})") from error
    passages = {name: text for text, name in ids.items()}
    return _checked(RetrievalSet(name=path.stem, passages=passages, asks=tuple(asks)), path)


def write_beir(chosen: RetrievalSet, folder: Path) -> None:
    """Write a set in BEIR's format, for systems that are no part of this project."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    corpus = ({"_id": name, "title": "", "text": text} for name, text in chosen.passages.items())
    _write(folder / "corpus.jsonl", corpus)
    queries = (
        {"_id": ask.id, "text": ask.text, "metadata": {"group": ask.group, "language": ask.language}}
        for ask in chosen.asks
    )
    _write(folder / "queries.jsonl", queries)
    lines = [f"{ask.id}\t{passage}\t1" for ask in chosen.asks for passage in sorted(ask.relevant)]
    text = "\n".join(["query-id\tcorpus-id\tscore", *lines, ""])
    (folder / "qrels" / "test.tsv").write_text(text, encoding="utf-8")


def _questions(cases: Sequence[Case] | None) -> Iterator[tuple[str, str, Language, str, tuple[str, ...]]]:
    for case in load_cases() if cases is None else cases:
        if case.expect.status == "answered" and case.expect.evidence and not case.history:
            yield case.id, case.group or case.id, case.language, case.question, case.expect.evidence
    if cases is None and EDITION_QUESTIONS.is_file():
        for n, row in enumerate(_rows(EDITION_QUESTIONS, ("question", "evidence"))):
            name = str(row.get("id", f"edition-question.{n + 1}"))
            language = _language(row.get("language"), row["question"])
            yield name, str(row.get("group") or name), language, row["question"], tuple(row["evidence"])


def _narrowest(keys: Sequence[str]) -> list[str]:
    return [key for key in keys if not any(other.startswith(f"{key}.") for other in keys)]


def _holds(name: str, keys: Iterable[str]) -> bool:
    return any(name == key or name.startswith(f"{key}.") for key in keys)


def _trial_set(trial: Trial) -> RetrievalSet:
    asks = []
    for n, (question, answer) in enumerate(zip(trial.questions, trial.answers, strict=True)):
        language = language_of(question, otherwise="zh-Hans")
        scripts: tuple[Language, ...] = ("en",) if language == "en" else ("zh-Hans", "zh-Hant")
        for script in scripts:
            text = render(question, script) if script == "zh-Hant" else question
            relevant = frozenset({f"p{answer}"})
            asks.append(Ask(id=f"q{n}.{script}", group=f"q{n}", language=script, text=text, relevant=relevant))
    passages = {f"p{n}": text for n, text in enumerate(trial.passages)}
    return RetrievalSet(name=trial.name, passages=passages, asks=tuple(asks))


def _paragraph_set(name: str, chosen: Iterable[Paragraph], passages: dict[str, str]) -> RetrievalSet:
    asks = [
        Ask(
            id=f"{paragraph.id}.{n}.{script}",
            group=paragraph.id,
            language=script,
            text=question["en"] if script == "en" else render(question["zh"], script),
            relevant=frozenset({paragraph.id}),
        )
        for paragraph in chosen
        for n, question in enumerate(paragraph.questions)
        for script in LANGUAGES
    ]
    return RetrievalSet(name=name, passages=passages, asks=tuple(asks))


def _checked(chosen: RetrievalSet, source: Path) -> RetrievalSet:
    if not chosen.asks:
        raise BadRetrievalSet(f"{source}: no question with a passage that answers it")
    unknown = {passage for ask in chosen.asks for passage in ask.relevant} - chosen.passages.keys()
    if unknown:
        raise BadRetrievalSet(f"{source}: {min(unknown)!r} answers a question but is not among the passages")
    return chosen


def _language(named: object, text: str) -> Language:
    return next((each for each in LANGUAGES if each == named), language_of(text))


def _rows(path: Path, wanted: Sequence[str]) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadRetrievalSet(f"{path}: expected a file of JSON lines ({error.strerror})") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadRetrievalSet(f"{path}:{number}: not JSON ({error})") from error
        if not isinstance(row, dict) or any(name not in row for name in wanted):
            raise BadRetrievalSet(f"{path}:{number}: expected an object with {' and '.join(wanted)}")
        yield row


def _qrels(path: Path) -> Iterator[tuple[str, str, int]]:
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t"))
    except OSError as error:
        raise BadRetrievalSet(f"{path}: expected query-id, corpus-id and score ({error.strerror})") from error
    for number, row in enumerate(rows, start=1):
        if number == 1 and row and not row[-1].lstrip("-").isdigit():
            continue
        if len(row) != 3 or not row[2].lstrip("-").isdigit():
            raise BadRetrievalSet(f"{path}:{number}: expected query-id, corpus-id and score, found {row}")
        yield row[0], row[1], int(row[2])


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
