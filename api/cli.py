"""The command line: build an index, ask it, search it, serve it, and measure whether it is right."""

import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

if TYPE_CHECKING:  # each command imports what it needs, so that --help does not wait for it
    from rich.console import Console

    from api.settings import Settings
    from api.store.database import Database
    from eval.run import Scorecard
    from index.build import Progress
    from index.snapshot import Manifest
    from qa.engine import Engine

NOT_MET = 1
USERS_MISTAKE = 2
GRACE_SECONDS = 30  # for requests that are being answered when the server is told to stop
AT_SERVER = "command line"  # who changed it, in the audit log

app = typer.Typer(
    name="esg-qa",
    help="Answer questions about ESG reports with exact figures and cited passages, or say that it is not disclosed.",
    epilog="Exit codes: 0 done, 1 a gate was not met, 2 something in the command or its files is wrong.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

account = typer.Typer(help="Manage the accounts of the staff.", no_args_is_help=True, rich_markup_mode="rich")
app.add_typer(account, name="account")

Index = Annotated[
    Path | None,
    typer.Option("--index", help="Folder of the index. Default: ESG_QA_INDEX, else .index here.", show_default=False),
]
Language = Annotated[
    str | None, typer.Option("--language", help="en, zh-Hant or zh-Hans. Default: as the question.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as the HTTP service would.")]


@app.command()
def build(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Reports in Markdown: one company, any editions.")
    ],
    index: Index = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Embedding model: a folder or hub name. Default: ESG_QA_MODEL, else ours.", show_default=False
        ),
    ] = None,
    company: Annotated[
        str | None, typer.Option(help="Company, where the report does not say.", show_default=False)
    ] = None,
    stock_code: Annotated[str | None, typer.Option(help="Such as 6608.HK.", show_default=False)] = None,
    year: Annotated[int | None, typer.Option(help="Reporting year, such as 2022.", show_default=False)] = None,
    language: Annotated[str | None, typer.Option(help="en, zh-Hant or zh-Hans.", show_default=False)] = None,
    title: Annotated[str | None, typer.Option(help="Title of the report.", show_default=False)] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Accept a report that looks cut off.")] = False,
) -> None:
    """Read reports into an index and publish it; the one before keeps serving until then.

    Example: esg-qa build report.zh-Hant.md report.en.md --index ./index
    """
    with _users_mistakes():
        settings = _settings()
        if len(files) > 1 and (language or title):
            raise _mistake(
                "--language and --title describe one edition; build it alone, or say them in each file's head"
            )
        given = {"company": company, "stock_code": stock_code, "year": year, "language": language, "title": title}
        folder = index or settings.index
        manifest = _build(
            files, folder, model or settings.model, {k: v for k, v in given.items() if v is not None}, partial
        )
    from api.terminal import reading_summary
    from index.snapshot import open_current

    _console().print(reading_summary(open_current(folder)))
    _say(f"published {manifest.passages:,} passages and {manifest.figures:,} figures as {manifest.id} in {folder}")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In English, 繁體中文 or 简体中文.")],
    history: Annotated[
        list[str] | None, typer.Option("--history", help="An earlier question; may be given again.", show_default=False)
    ] = None,
    language: Language = None,
    report: Annotated[str | None, typer.Option(help="Id of one report, such as 6608-2022.", show_default=False)] = None,
    as_json: AsJson = False,
    index: Index = None,
) -> None:
    """Ask a question; the answer names its figures and cites its passages.

    Example: esg-qa ask "2022 年範疇二溫室氣體排放量是多少？"
    """
    with _users_mistakes():
        spoken = _language(language)
        engine = _engine(index)
        answer = engine.ask(question, history=tuple(history or ()), language=spoken, report=report)
    if as_json:
        from api.schemas import AnswerReply

        _write(AnswerReply.model_validate(answer).model_dump_json(indent=2))
    else:
        from api.terminal import answer_panel

        _console().print(answer_panel(question, answer))


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("--k", "-k", min=1, max=50, help="How many passages.")] = 8,
    language: Annotated[
        str | None, typer.Option("--language", help="Editions in this language only.", show_default=False)
    ] = None,
    report: Annotated[str | None, typer.Option(help="Id of one report.", show_default=False)] = None,
    year: Annotated[int | None, typer.Option(help="Reports on this year only.", show_default=False)] = None,
    as_json: AsJson = False,
    index: Index = None,
) -> None:
    """Find passages by meaning and by words."""
    with _users_mistakes():
        spoken = _language(language)
        engine = _engine(index)
        hits = engine.search(query, k=k, report=report, year=year, language=spoken)
    if as_json:
        from api.schemas import HitReply, SearchReply

        found = [HitReply.model_validate(hit) for hit in hits]
        reply = SearchReply(query=query, hits=found, snapshot=engine.snapshot.manifest.id)
        _write(reply.model_dump_json(indent=2, by_alias=True))
    else:
        from api.terminal import hit_panel

        for hit in hits:
            _console().print(hit_panel(hit))
        if not hits:
            _say(f"no passage is of that report, year and language; the index holds {_editions(engine)}")


@app.command()
def serve(
    index: Index = None,
    host: Annotated[
        str | None, typer.Option(help="Address. Default: ESG_QA_HOST, else 127.0.0.1.", show_default=False)
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port. Default: ESG_QA_PORT, else 8000.", show_default=False)
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes. Default: ESG_QA_WORKERS, else 1.", show_default=False),
    ] = None,
) -> None:
    """Serve the page to ask on and the HTTP interface."""
    with _users_mistakes():
        given = {"index": index, "host": host, "port": port, "workers": workers}
        settings = _settings().model_copy(update={name: value for name, value in given.items() if value is not None})
        engine = _engine(index) if settings.workers == 1 else None
        titles = _titles(engine) if engine else _titles_aside(index)
        from api.store.opening import ready_store

        ready_store(settings).close()  # its tables are ready before a worker opens it
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    _say(f"serving on http://{shown}:{settings.port}/ from {titles}")
    if settings.workers > 1:
        _serve_together(settings)
    else:
        import uvicorn

        from api.serving import worker

        uvicorn.run(worker(settings, engine=engine), **_server(settings))


@app.command()
def migrate() -> None:
    """Bring the database to the tables of this version; what it holds stays.

    Serving does so by itself with a SQLite file; a PostgreSQL server waits for this command.
    """
    with _users_mistakes():
        from api.store.opening import open_store

        database = open_store(_settings())
        _say(f"the database has the tables of version {database.migrate()}")
        database.close()


AccountName = Annotated[str, typer.Argument(metavar="NAME", help="Up to 64 letters, digits, dots, dashes or @.")]


@account.command(name="add")
def add_account_command(
    name: AccountName,
    role: Annotated[str, typer.Option(help="reader, editor or admin; each may do what those before it may.")],
    generate: Annotated[
        bool, typer.Option("--generate", help="Make a password and show it once, instead of asking for one.")
    ] = False,
    no_password: Annotated[bool, typer.Option("--no-password", help="For a script, which comes with a token.")] = False,
) -> None:
    """Make an account; the first one is an admin's.

    Example: esg-qa account add mei --role admin
    """
    with _users_mistakes(), _store() as database:
        from datetime import UTC, datetime

        from api.accounts import Passwords, new_password
        from api.store.accounts import add_account

        _check_account(name, role)
        password = None if no_password else new_password() if generate else _ask_password()
        hashed = Passwords().hash(password) if password else None
        with database.session() as session:
            add_account(
                session, name, role=cast("Any", role), password_hash=hashed, by=AT_SERVER, now=datetime.now(UTC)
            )
    _say(f"made the account {name} ({role})")
    if generate and password:
        _say("its password is shown this once:")
        print(password)


@account.command(name="list")
def list_accounts_command() -> None:
    """List all accounts."""
    with _users_mistakes(), _store() as database:
        from api.store.accounts import accounts

        with database.session() as session:
            held = accounts(session)
    for each in held:
        print(f"{each.name}\t{each.role}\t{'disabled' if each.disabled else 'enabled'}")
    if not held:
        _say("there is no account; make one with esg-qa account add NAME --role admin")


@account.command(name="role")
def change_role_command(
    name: AccountName, role: Annotated[str, typer.Argument(help="reader, editor or admin.")]
) -> None:
    """Give an account another role."""
    with _users_mistakes():
        _check_account(name, role)
    _change_account(name, role=role)
    _say(f"{name} is {role} now")


@account.command(name="disable")
def disable_account_command(name: AccountName) -> None:
    """Let an account in no longer, and sign it out everywhere."""
    _change_account(name, disabled=True)
    _say(f"{name} is disabled")


@account.command(name="enable")
def enable_account_command(name: AccountName) -> None:
    """Let a disabled account in again."""
    _change_account(name, disabled=False)
    _say(f"{name} is enabled")


@account.command(name="password")
def password_command(
    name: AccountName,
    generate: Annotated[
        bool, typer.Option("--generate", help="Make a password and show it once, instead of asking for one.")
    ] = False,
) -> None:
    """Give an account another password, and sign it out everywhere."""
    with _users_mistakes(), _store() as database:
        from datetime import UTC, datetime

        from api.accounts import Passwords, new_password
        from api.store.accounts import set_password

        password = new_password() if generate else _ask_password()
        hashed = Passwords().hash(password)
        with database.session() as session:
            set_password(session, name, hashed, by=AT_SERVER, now=datetime.now(UTC))
    _say(f"{name} has another password" + (", shown this once:" if generate else ""))
    if generate:
        print(password)


@account.command(name="token")
def token_command(
    name: AccountName,
    label: Annotated[str, typer.Option(help="What it is for.")] = "script",
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days it is valid.")] = 90,
    revoke: Annotated[bool, typer.Option("--revoke", help="Forget every token of the account instead.")] = False,
) -> None:
    """Make a bearer token for a script and show it once."""
    with _users_mistakes(), _store() as database:
        from datetime import UTC, datetime, timedelta

        from api.accounts import new_token
        from api.store.accounts import add_token, revoke_tokens

        now, token = datetime.now(UTC), new_token()
        with database.session() as session:
            if revoke:
                count = revoke_tokens(session, name, by=AT_SERVER, now=now)
            else:
                over = now + timedelta(days=days)
                add_token(session, name, token, label=label[:64], by=AT_SERVER, now=now, expires_at=over)
    if revoke:
        _say(f"forgot {count} token{'' if count == 1 else 's'} of {name}")
    else:
        _say(f"a token of {name}, valid {days} days, shown this once:")
        print(token)


@app.command(name="eval")
def evaluate(
    cases: Annotated[
        list[Path] | None,
        typer.Option(
            "--cases", help="A file or folder of cases; may be given again. Default: ours.", show_default=False
        ),
    ] = None,
    suite: Annotated[
        list[str] | None,
        typer.Option(
            "--suite", help="A report with its own cases, by name, or all; may be given again.", show_default=False
        ),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", help="Ask a running service, such as http://host.", show_default=False)
    ] = None,
    gate: Annotated[
        Path | None, typer.Option("--gate", help="TOML of least scores. Default: ours.", show_default=False)
    ] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="An earlier run, as --json printed it.", show_default=False)
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the scorecard as one HTML page too.")] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML too.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every case and score as JSON.")] = False,
    held_back: Annotated[bool, typer.Option("--held-back", help="Name failures of cases held back too.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Suites to run at once, each in its own process.")] = 1,
    index: Index = None,
) -> None:
    """Measure whether answers are right, on cases with known answers; exit 1 when the gate is not met.

    Example: esg-qa eval --suite all --html scorecard.html
    """
    with _users_mistakes():
        from eval.comparison import compare as compared
        from eval.comparison import outcomes, print_comparison, read_outcomes
        from eval.gate import check
        from eval.report import print_scorecard, print_suites, to_json, to_junit
        from eval.scorecard import to_html

        earlier = read_outcomes(compare) if compare else None
        cards = _evaluate(cases, suite, url, index, jobs)
        violations = [violation for card in cards for violation in check(card, gate)]
        difference = compared(earlier, outcomes(cards)) if earlier is not None else None
        if html:
            page = to_html(cards, gate=gate, comparison=difference, made=date.today(), held_back=held_back)
            _save(html, page)
        if junit:
            _save(junit, to_junit(cards))
    if as_json:
        _write(to_json(cards))
    else:
        console = _console()
        for card in cards:
            print_scorecard(card, console, held_back=held_back)
        if len(cards) > 1:
            print_suites(cards, console)
        if difference is not None:
            print_comparison(difference, console)
    for violation in violations:
        _say(f"gate not met: {violation}")
    if violations:
        raise typer.Exit(NOT_MET)


def main() -> None:
    """Run the command line."""
    app()


def _settings() -> "Settings":
    from api.settings import read_settings

    return read_settings()


@contextmanager
def _store() -> Iterator["Database"]:
    """Open the database with the tables of this version; a SQLite file is brought there."""
    from api.store.opening import ready_store

    database = ready_store(_settings())
    try:
        yield database
    finally:
        database.close()


def _change_account(name: str, **change: Any) -> None:  # noqa: ANN401 - role or disabled
    with _users_mistakes(), _store() as database:
        from datetime import UTC, datetime

        from api.store.accounts import change_account

        with database.session() as session:
            change_account(session, name, by=AT_SERVER, now=datetime.now(UTC), **change)


def _check_account(name: str, role: str) -> None:
    from api.store.accounts import ROLES

    if not re.fullmatch(r"[\w.@-]{1,64}", name):
        raise _mistake(f"{name!r}: expected up to 64 letters, digits, dots, dashes or @")
    if role not in ROLES:
        raise _mistake(f"--role {role}: expected {', '.join(ROLES)}")


def _ask_password() -> str:
    given = typer.prompt("Password (12 characters or more)", hide_input=True, confirmation_prompt=True, err=True)
    return str(given)


def _engine(index: Path | None) -> "Engine":
    """Open the index named, or the usual one, which is made from the bundled report when there is none."""
    from api.logs import log_to_stderr
    from api.opening import ensure_bundled, open_engine

    log_to_stderr()
    settings = _settings()
    if index is None:
        with _progress() as progress:
            ensure_bundled(settings.index, model=settings.model, say=_say, progress=progress)
    return open_engine(index or settings.index, model=settings.model, reranker=settings.reranker)


def _titles(engine: "Engine") -> str:
    return "; ".join(edition.metadata.title for edition in engine.snapshot.manifest.editions)


def _titles_aside(index: Path | None) -> str:
    """Open the index once in a process of its own, which takes the memory for it along when it ends."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as aside:
        return aside.submit(_open_titles, index).result()


def _open_titles(index: Path | None) -> str:
    return _titles(_engine(index))


def _build(files: list[Path], folder: Path, model: str | None, metadata: dict[str, Any], partial: bool) -> "Manifest":
    from api.opening import embedder_of
    from index.build import build as build_index

    with _progress() as progress:
        return build_index(
            files, folder, embedder=embedder_of(model), metadata=metadata, partial=partial, progress=progress
        )


def _evaluate(
    cases: list[Path] | None, suite: list[str] | None, url: str | None, index: Path | None, jobs: int
) -> "list[Scorecard]":
    """Ask the cases of a running service, of suites, or of one index."""
    from eval.run import load_cases, places, run
    from eval.service import Service
    from eval.suite import choose, run_suites, suites

    if url and (index or suite):
        raise _mistake("--url asks the report that the service holds: leave out --index and --suite")
    if suite and (index or cases):
        raise _mistake("--suite has its own report and cases: leave out --index and --cases")
    with _progress() as progress:

        def asked(done: int, of: int) -> None:
            progress("ask", done, of)

        if suite:
            from api.logs import log_to_stderr

            with TemporaryDirectory(prefix="esg-qa-eval-") as folder:
                return run_suites(
                    choose(suite, suites()),
                    Path(folder),
                    model=_settings().model,
                    jobs=jobs,
                    start=log_to_stderr,
                    progress=asked,
                )
        read = load_cases(cases)
        if url:
            service = Service(url)
            service.check()
            return [run(service, read, progress=asked)]
        engine = _engine(index)
        return [run(engine, read, known=places(engine.snapshot), progress=asked)]


def _serve_together(settings: "Settings") -> None:
    """Run several processes on one socket; one that dies is replaced, and the others go on."""

    from api.logs import configure_logging

    configure_logging(settings.log_level)
    with TemporaryDirectory(prefix="esg-qa-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # the metrics library asks for it where a worker imports it
        import uvicorn

        from api.serving import worker_factory
        from api.workers import Workers

        config = uvicorn.Config(
            worker_factory(settings, Path(folder)),
            factory=True,
            workers=settings.workers,
            timeout_worker_healthcheck=60,  # loading an index keeps a worker busy
            **_server(settings),
        )
        Workers(config, [config.bind_socket()]).run()


def _server(settings: "Settings") -> dict[str, Any]:
    """What uvicorn is told, however many processes there are."""
    return {
        "host": settings.host,
        "port": settings.port,
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,  # api/address.py believes only the proxies that the settings name
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "ws": "none",
    }


@contextmanager
def _progress() -> Iterator["Progress"]:
    from api.terminal import progress_bar

    with progress_bar(_console(stderr=True)) as progress:
        yield progress


def _editions(engine: "Engine") -> str:
    held = [edition.metadata for edition in engine.snapshot.manifest.editions]
    return "; ".join(f"{each.report_id} of {each.year} in {each.language}" for each in held)


def _language(name: str | None) -> Any:  # noqa: ANN401 - one of the three, checked here
    from index.script import LANGUAGES

    if name is not None and name not in LANGUAGES:
        raise _mistake(f"--language {name}: expected {', '.join(LANGUAGES)}")
    return name


@contextmanager
def _users_mistakes() -> Iterator[None]:
    """Tell a user's mistake in one line, without a traceback."""
    from index.errors import EsgQaError

    try:
        yield
    except EsgQaError as error:
        print(f"esg-qa: {' '.join(str(error).split())}", file=sys.stderr)
        raise typer.Exit(USERS_MISTAKE) from error


def _mistake(message: str) -> Exception:
    from index.errors import EsgQaError

    return EsgQaError(message)


def _say(message: str) -> None:
    print(f"esg-qa: {message}", file=sys.stderr)


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _mistake(f"{path}: cannot write here ({error.strerror})") from error


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode() + b"\n")


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, emoji=False)
