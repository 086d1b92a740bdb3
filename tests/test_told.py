"""What the code says in English is known in Chinese: every refusal, failure and reason that staff may be shown."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.told import OTHERWISE, templates, told
from index.script import language_of

ROOT = Path(__file__).parents[1]
SHOWN = {  # errors whose message a page or a problem repeats
    *("BadUpload", "NotBuilt", "Incomplete", "StaleEdit", "UnknownCurated", "UnknownQuestion", "UnknownAccount"),
    *("UnreadableReport", "UnknownFormat", "SnapshotError", "ModelMismatch"),
}
FILLER = "7"


def words_of(node: ast.expr | None) -> str | None:
    """The text of an expression, with a filler for what it inserts; None: it is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr():
            return "".join(part.value if isinstance(part, ast.Constant) else FILLER for part in node.values)
    return None


def raised() -> Iterator[tuple[str, str]]:
    for path in sorted([*(ROOT / "api").rglob("*.py"), *(ROOT / "index").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Raise(exc=ast.Call(func=ast.Name(id=name), args=[first, *_])) if name in SHOWN:
                    text = words_of(first)
                    if text and any(character.isalpha() for character in text):
                        yield f"{path.name}:{node.lineno}", text


def unread() -> Iterator[tuple[str, str]]:
    """Why a table's numbers were kept as text, and what of a file became no text."""
    for path in sorted((ROOT / "index").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Unread"), keywords=named):
                    texts = [words_of(one.value) for one in named if one.arg == "why"]
                case ast.Subscript(value=ast.Name(id="left_out") | ast.Attribute(attr="left_out"), slice=ast.Tuple()):
                    texts = [words_of(each) for each in node.slice.elts]
                case ast.Assign(targets=[ast.Name(id="why")], value=value):
                    branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                    texts = [words_of(each) for each in branches]
                case ast.FunctionDef(name="_uncertain"):
                    texts = [words_of(each) for each in ast.walk(node) if isinstance(each, ast.Constant)]
                    texts = [text for text in texts[1:] if text and " " in text]  # the first is what it is for
                case ast.AnnAssign(target=ast.Name(id="DROPPED"), value=ast.Dict(values=values)):
                    texts = [words_of(each) for pair in values if isinstance(pair, ast.Tuple) for each in pair.elts]
                case _:
                    continue
            yield from ((f"{path.name}:{getattr(node, 'lineno', 0)}", text) for text in texts if text and " " in text)


@pytest.mark.parametrize(("place", "message"), [*raised(), *unread()], ids=lambda value: str(value)[:60])
@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans"])
def test_what_the_code_says_is_known_in_chinese(place: str, message: str, language: str) -> None:
    said = told(message, language)  # type: ignore[arg-type]  # a language, parametrized
    assert OTHERWISE[language] not in said, place  # type: ignore[index]  # likewise
    assert language_of(said) != "en", place


def test_every_kind_of_message_was_looked_at() -> None:
    assert len(list(raised())) > 50
    assert len(list(unread())) > 25


def test_every_template_has_the_same_holes_in_all_languages_or_fewer() -> None:
    for template in templates():
        holes = set(template.pattern.groupindex)
        for language in ("zh-Hant", "zh-Hans"):
            template.words[language].format(**dict.fromkeys(holes, FILLER))


@pytest.mark.parametrize(
    ("message", "hant", "hans"),
    [
        (
            "ESG report 2023.md: the file is empty",
            "ESG report 2023.md：檔案沒有內容",
            "ESG report 2023.md：文件没有内容",
        ),
        ("a.md: a ZIP archive; expected a report", "a.md：ZIP 壓縮檔，應為報告", "a.md：ZIP 压缩文件，应为报告"),
        ("a.txt: expected .html or .md", "a.txt：應為 .html、.md", "a.txt：应为 .html、.md"),
        ("the field year must be a whole number", "欄位「報告年度」必須為整數", "字段“报告年度”必须为整数"),
        (
            "a.html: a table has more than 1,000 cells; give it as several tables",
            "a.html：有表格超過 1,000 個儲存格；請分成數個表格",
            "a.html：有表格超过 1,000 个单元格；请分成几个表格",
        ),
        ("answered, expected not_disclosed", "已解答，應為未披露", "已解答，应为未披露"),
        ("something nobody foresaw", "詳情見伺服器紀錄", "详情见服务器日志"),
        ("a.md: something nobody foresaw", "詳情見伺服器紀錄", "详情见服务器日志"),
        ("0123456789abcdef", "0123456789abcdef", "0123456789abcdef"),
    ],
)
def test_messages_are_said_in_the_readers_language(message: str, hant: str, hans: str) -> None:
    assert told(message, "en") == message
    assert told(message, "zh-Hant") == hant
    assert told(message, "zh-Hans") == hans
