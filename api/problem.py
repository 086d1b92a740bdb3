"""What can go wrong with a request, told as RFC 9457 problem details in the asker's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.errors import EsgQaError
from index.script import Language

Wording = dict[Language, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of problem: its status and its words."""

    status: int
    title: Wording
    detail: Wording  # may hold {placeholders}
    person: Wording | None = None  # the detail, for whoever sees it as a page; None: the same


class NotReady(EsgQaError):
    """The index is not loaded yet."""


class UnknownPassage(EsgQaError):
    """No passage has this id."""


class UnknownFigure(EsgQaError):
    """No figure has this id."""


def _words(en: str, hant: str, hans: str) -> Wording:
    return {"en": en, "zh-Hant": hant, "zh-Hans": hans}


KINDS: dict[str, Kind] = {
    "malformed-json": Kind(
        status=400,
        title=_words("The request is not JSON", "請求並非 JSON", "请求不是 JSON"),
        detail=_words(
            "The body could not be read as JSON in UTF-8.",
            "無法以 UTF-8 編碼的 JSON 讀取請求內容。",
            "无法以 UTF-8 编码的 JSON 读取请求内容。",
        ),
    ),
    "question-empty": Kind(
        status=422,
        title=_words("There is no question", "沒有問題內容", "没有问题内容"),
        detail=_words(
            "Please type a question of 1 to 500 characters.",
            "請輸入 1 至 500 個字元的問題。",
            "请输入 1 至 500 个字符的问题。",
        ),
    ),
    "question-too-long": Kind(
        status=422,
        title=_words("The question is too long", "問題過長", "问题过长"),
        detail=_words(
            "A question may have up to 500 characters. Please shorten it, or ask in two steps.",
            "問題最多 500 個字元。請縮短，或分兩次提問。",
            "问题最多 500 个字符。请缩短，或分两次提问。",
        ),
    ),
    "invalid-request": Kind(
        status=422,
        title=_words("The request is not valid", "請求無效", "请求无效"),
        detail=_words(
            "Something in the request is missing or has a value that is not allowed: {faults}",
            "請求缺少必要內容，或含有不允許的值：{faults}",
            "请求缺少必要内容，或含有不允许的值：{faults}",
        ),
    ),
    "unknown-report": Kind(
        status=404,
        title=_words("There is no such report", "沒有這份報告", "没有这份报告"),
        detail=_words(
            "No report has the id {id}. /v1/reports lists those this service holds.",
            "沒有編號為 {id} 的報告。/v1/reports 列出本服務收錄的報告。",
            "没有编号为 {id} 的报告。/v1/reports 列出本服务收录的报告。",
        ),
        person=_words(
            "The service no longer holds the report {id}, or never did. Ask without choosing a report.",
            "本服務沒有收錄報告 {id}，或已不再收錄。請不選報告再提問。",
            "本服务没有收录报告 {id}，或已不再收录。请不选报告再提问。",
        ),
    ),
    "unknown-passage": Kind(
        status=404,
        title=_words("There is no such passage", "沒有這段內容", "没有这段内容"),
        detail=_words(
            "No passage has the id {id} in the present index.",
            "現行索引中沒有編號為 {id} 的段落。",
            "当前索引中没有编号为 {id} 的段落。",
        ),
    ),
    "unknown-figure": Kind(
        status=404,
        title=_words("There is no such figure", "沒有這個數字", "没有这个数字"),
        detail=_words(
            "No figure has the id {id} in the present index.",
            "現行索引中沒有編號為 {id} 的數字。",
            "当前索引中没有编号为 {id} 的数字。",
        ),
    ),
    "not-found": Kind(
        status=404,
        title=_words("There is nothing at this address", "此網址沒有內容", "此网址没有内容"),
        detail=_words(
            "Nothing is served at {path}. /openapi.json describes what is.",
            "{path} 沒有內容。可用的網址見 /openapi.json。",
            "{path} 没有内容。可用的网址见 /openapi.json。",
        ),
        person=_words(
            "The address may be mistyped, or the page moved or removed. Please check it, or start from the page below.",
            "網址可能有誤，或頁面已移動或移除。請檢查網址，或由以下頁面開始。",
            "网址可能有误，或页面已移动或删除。请检查网址，或从以下页面开始。",
        ),
    ),
    "took-long-to-send": Kind(
        status=408,
        title=_words("The request took too long to arrive", "請求傳送時間過長", "请求传送时间过长"),
        detail=_words(
            "The body did not arrive in time. Please send it again.",
            "請求內容未能及時送達，請重新傳送。",
            "请求内容未能及时送达，请重新发送。",
        ),
    ),
    "method-not-allowed": Kind(
        status=405,
        title=_words("This method is not allowed here", "此網址不接受這種方法", "此网址不接受这种方法"),
        detail=_words("{path} does not accept {method}.", "{path} 不接受 {method}。", "{path} 不接受 {method}。"),
        person=_words(
            "This address takes what a page sends, and is no page itself. Please go back and use the page’s buttons.",
            "此網址只接收由頁面送出的內容，本身並非頁面。請返回上一頁，使用頁面上的按鈕。",
            "此网址只接收由页面提交的内容，本身不是页面。请返回上一页，使用页面上的按钮。",
        ),
    ),
    "too-large": Kind(
        status=413,
        title=_words("The request is too large", "請求過大", "请求过大"),
        detail=_words(
            "The body may have up to {limit} bytes.", "請求內容最多 {limit} 位元組。", "请求内容最多 {limit} 字节。"
        ),
        person=_words(
            "What was sent is larger than {size}, the most that is taken here. Nothing of it was kept.",
            "所送出的內容超過此處的上限 {size}，未有保留。",
            "所提交的内容超过此处的上限 {size}，未予保留。",
        ),
    ),
    "foreign-charset": Kind(
        status=415,
        title=_words("The form is not in UTF-8", "表格並非以 UTF-8 編碼", "表单不是以 UTF-8 编码"),
        detail=_words(
            "Please send the form in UTF-8, as browsers do by themselves.",
            "請以 UTF-8 編碼傳送表格，瀏覽器會自動如此。",
            "请以 UTF-8 编码传送表单，浏览器会自动如此。",
        ),
    ),
    "not-ready": Kind(
        status=503,
        title=_words("The service is not ready", "服務尚未就緒", "服务尚未就绪"),
        detail=_words(
            "The report's index is not loaded. Please try again shortly.",
            "報告索引尚未載入，請稍後再試。",
            "报告索引尚未加载，请稍后再试。",
        ),
    ),
    "too-many": Kind(
        status=429,
        title=_words("Too many requests", "請求過於頻繁", "请求过于频繁"),
        detail=_words(
            "This address has asked too often. Please try again in {seconds} seconds.",
            "此網址的請求過於頻繁，請於 {seconds} 秒後再試。",
            "此地址的请求过于频繁，请在 {seconds} 秒后再试。",
        ),
    ),
    "took-too-long": Kind(
        status=503,
        title=_words("The answer took too long", "作答時間過長", "作答时间过长"),
        detail=_words(
            "The service is busy and could not answer in time. Please try again shortly.",
            "服務繁忙，未能及時作答，請稍後再試。",
            "服务繁忙，未能及时作答，请稍后再试。",
        ),
    ),
    "sign-in-required": Kind(
        status=401,
        title=_words("Please sign in", "請先登入", "请先登录"),
        detail=_words(
            "This is for staff. Sign in, or send a valid bearer token.",
            "此處只供職員使用。請登入，或提供有效的權杖。",
            "此处仅供工作人员使用。请登录，或提供有效的令牌。",
        ),
        person=_words(
            "Your session has ended, so nothing was changed. Please sign in again; what you were writing is put back.",
            "登入時段已結束，因此未有任何更改。請重新登入，你所寫的內容會還原。",
            "登录会话已结束，因此未作任何更改。请重新登录，你所写的内容会恢复。",
        ),
    ),
    "wrong-password": Kind(
        status=401,
        title=_words("The name or the password is wrong", "名稱或密碼不正確", "名称或密码不正确"),
        detail=_words(
            "No account has this name and this password. After several attempts, wait a minute.",
            "沒有符合此名稱與密碼的帳戶。多次嘗試後請稍候一分鐘。",
            "没有符合此名称与密码的账户。多次尝试后请等待一分钟。",
        ),
    ),
    "weak-password": Kind(
        status=422,
        title=_words("The password is not strong enough", "密碼強度不足", "密码强度不足"),
        detail=_words(
            "A password has 12 to 256 characters.", "密碼須有 12 至 256 個字元。", "密码须有 12 至 256 个字符。"
        ),
    ),
    "not-allowed": Kind(
        status=403,
        title=_words("The account may not do this", "此帳戶無權執行", "此账户无权执行"),
        detail=_words(
            "This needs the role {role}. An admin can give it to the account.",
            "此操作需要 {role} 角色，可由管理員授予。",
            "此操作需要 {role} 角色，可由管理员授予。",
        ),
    ),
    "foreign-request": Kind(
        status=403,
        title=_words("The page is out of date", "頁面已失效", "页面已失效"),
        detail=_words(
            "The change did not come from a current page of this service. Load the page again and repeat it.",
            "此變更並非由本服務的最新頁面送出。請重新載入頁面後再試。",
            "此更改并非由本服务的最新页面提交。请重新加载页面后再试。",
        ),
        person=_words(
            "Nothing was changed: the page you sent this from is out of date. Please open it again and repeat it.",
            "未有任何更改：你送出內容的頁面已失效。請重新開啟該頁再試。",
            "未作任何更改：你提交内容的页面已失效。请重新打开该页再试。",
        ),
    ),
    "changed-meanwhile": Kind(
        status=409,
        title=_words("Someone changed it meanwhile", "內容已被他人更改", "内容已被他人更改"),
        detail=_words(
            "Look at it again before changing it: {why}",
            "請重新查看後再更改：{why}",
            "请重新查看后再更改：{why}",
        ),
    ),
    "incomplete": Kind(
        status=422,
        title=_words("Something is missing", "內容不完整", "内容不完整"),
        detail=_words(
            "This cannot be kept or approved yet: {why}", "暫時無法儲存或核准：{why}", "暂时无法保存或批准：{why}"
        ),
    ),
    "unknown-record": Kind(
        status=404,
        title=_words("There is no such entry", "沒有這項記錄", "没有这项记录"),
        detail=_words("It may have been removed: {why}", "記錄可能已被移除：{why}", "记录可能已被移除：{why}"),
    ),
    "bad-upload": Kind(
        status=422,
        title=_words("The upload cannot be used", "上載的檔案無法使用", "上传的文件无法使用"),
        detail=_words("Nothing of it was kept: {why}", "檔案未有保留：{why}", "文件未予保留：{why}"),
    ),
    "not-built": Kind(
        status=409,
        title=_words("There is no index to publish", "沒有可發布的索引", "没有可发布的索引"),
        detail=_words(
            "What answers now goes on answering: {why}",
            "現行索引會繼續作答：{why}",
            "当前索引会继续作答：{why}",
        ),
    ),
    "snapshot-damaged": Kind(
        status=409,
        title=_words("The snapshot cannot be used", "快照無法使用", "快照无法使用"),
        detail=_words(
            "What answers now goes on answering: {why}",
            "現行索引會繼續作答：{why}",
            "当前索引会继续作答：{why}",
        ),
    ),
    "no-store": Kind(
        status=503,
        title=_words("The service keeps no records", "本服務未設儲存", "本服务未设存储"),
        detail=_words(
            "It was started without a database, so there are no accounts and no feedback.",
            "本服務啟動時未連接資料庫，因此沒有帳戶及意見記錄。",
            "本服务启动时未连接数据库，因此没有账户及反馈记录。",
        ),
    ),
    "store-failed": Kind(
        status=503,
        title=_words("The records cannot be reached", "暫時無法存取記錄", "暂时无法访问记录"),
        detail=_words(
            "The database does not answer. Please try again shortly.",
            "資料庫沒有回應，請稍後再試。",
            "数据库没有响应，请稍后再试。",
        ),
    ),
    "internal-error": Kind(
        status=500,
        title=_words("Something went wrong here", "本服務發生錯誤", "本服务发生错误"),
        detail=_words(
            "The service could not answer. It has noted the request under the number in the X-Request-ID header.",
            "本服務未能作答，已按 X-Request-ID 標頭中的編號記錄此請求。",
            "本服务未能作答，已按 X-Request-ID 标头中的编号记录此请求。",
        ),
    ),
}

# What pydantic found, in words a caller can act on.
FAULTS: dict[str, Wording] = {
    "missing": _words("is required", "必須提供", "必须提供"),
    "extra_forbidden": _words("is not a known field", "並非已知欄位", "不是已知字段"),
    "string_type": _words("must be a string", "必須為字串", "必须为字符串"),
    "string_unicode": _words("must be valid Unicode text", "必須為有效的 Unicode 文字", "必须为有效的 Unicode 文本"),
    "string_too_short": _words("must not be empty", "不可留空", "不可为空"),
    "string_too_long": _words(
        "may have up to {max_length} characters", "最多 {max_length} 個字元", "最多 {max_length} 个字符"
    ),
    "too_long": _words("may have up to {max_length} entries", "最多 {max_length} 項", "最多 {max_length} 项"),
    "bool_type": _words("must be true or false", "必須為 true 或 false", "必须为 true 或 false"),
    "int_type": _words("must be a whole number", "必須為整數", "必须为整数"),
    "list_type": _words("must be a list", "必須為列表", "必须为列表"),
    "literal_error": _words("must be one of {expected}", "必須為 {expected} 之一", "必须为 {expected} 之一"),
    "int_parsing": _words("must be a whole number", "必須為整數", "必须为整数"),
    "greater_than_equal": _words("must be {ge} or more", "不可小於 {ge}", "不可小于 {ge}"),
    "less_than_equal": _words("must be {le} or less", "不可大於 {le}", "不可大于 {le}"),
    "model_attributes_type": _words("must be a JSON object", "必須為 JSON 物件", "必须为 JSON 对象"),
    "date_parsing": _words(
        "must be a date such as 2026-12-31", "必須為日期，例如 2026-12-31", "必须为日期，例如 2026-12-31"
    ),
    "string_pattern_mismatch": _words("has a form that is not allowed", "格式不符", "格式不符"),
}
_OTHER_FAULT = _words("is not allowed", "不被接受", "不被接受")


def problem(
    name: str,
    *,
    language: Language,
    instance: str,
    person: bool = False,
    faults: Sequence[tuple[str, str]] = (),
    **values: object,
) -> dict[str, object]:
    """Write a problem as RFC 9457 asks, in one language, for a program or a `person`; `faults` are place and words."""
    kind = KINDS[name]
    listed = "; ".join(f"{place} {words}" for place, words in faults)
    body: dict[str, object] = {
        "type": f"/problems/{name}",
        "title": kind.title[language],
        "status": kind.status,
        "detail": (kind.person if person and kind.person else kind.detail)[language].format(faults=listed, **values),
        "instance": instance,
    }
    if faults:
        body["errors"] = [{"pointer": place, "detail": words} for place, words in faults]
    return body


def told_size(count: int) -> str:
    """Write a number of bytes as people do.

    >>> told_size(52428800), told_size(65536)
    ('50 MiB', '64 KiB')
    """
    unit, name = (2**20, "MiB") if count >= 2**20 else (2**10, "KiB")
    return f"{round(count / unit, 1):g} {name}"


def fault(kind: str, values: dict[str, object], *, language: Language) -> str:
    """Say what is wrong with one value, given pydantic's name for it and the limits it knows."""
    return FAULTS.get(kind, _OTHER_FAULT)[language].format(**values)
