"""Who is let in: passwords, cookies, tokens, roles, and pages of other sites."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.accounts import COOKIE, Passwords, WeakPassword, new_password, new_token
from api.address import is_https, is_loopback, network, visitor_address
from api.store.accounts import add_token, change_account
from api.store.audit import changes
from api.store.database import Database
from tests.conftest import PASSWORD, sign_in
from tests.test_cli import run, told

Serve = Callable[..., TestClient]

pytestmark = pytest.mark.usefixtures("staff")


def login(client: TestClient, name: str = "admin", password: str = PASSWORD, **headers: str) -> int:
    response = client.post("/v1/staff/login", json={"name": name, "password": password}, headers=headers)
    assert response.headers["content-type"].startswith("application/")
    return response.status_code


def test_a_browser_is_signed_in_and_out(serve: Serve) -> None:
    client = serve()
    assert client.get("/v1/staff/me").status_code == 401
    csrf = sign_in(client, "editor")
    me = client.get("/v1/staff/me").json()
    assert (me["account"]["name"], me["account"]["role"]) == ("editor", "editor")
    assert me["csrf_token"] == csrf["X-CSRF-Token"]
    cookie = client.cookies[COOKIE]
    assert client.post("/v1/staff/logout", headers=csrf).status_code == 204
    assert client.get("/v1/staff/me", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code == 401


def test_a_cookie_from_before_the_sign_in_opens_nothing_after_it(serve: Serve) -> None:
    def enter(name: str, held: str) -> str:
        given = {"name": name, "password": PASSWORD}
        response = serve().post("/v1/staff/login", json=given, headers={"Cookie": f"{COOKIE}={held}"})
        return str(response.cookies[COOKIE])

    def opens(cookie: str) -> bool:
        return serve().get("/v1/staff/me", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code == 200

    first = enter("reader", "set-by-somebody-else")
    assert opens(first)
    second = enter("editor", first)
    assert [opens(cookie) for cookie in ("set-by-somebody-else", first, second)] == [False, False, True]


def test_the_cookie_is_out_of_reach_and_goes_over_https_alone(serve: Serve) -> None:
    def cookie(client: TestClient, **headers: str) -> str:
        given = {"name": "reader", "password": PASSWORD}
        return str(client.post("/v1/staff/login", json=given, headers=headers).headers["set-cookie"])

    plain = cookie(serve())
    assert "HttpOnly" in plain
    assert "SameSite=lax" in plain
    assert "Secure" not in plain
    assert "Secure" in cookie(serve(base_url="https://testserver"))
    assert "Secure" in cookie(serve(trusted_proxies=1), **{"X-Forwarded-Proto": "https"})
    assert "Secure" not in cookie(serve(), **{"X-Forwarded-Proto": "https"})


@pytest.mark.parametrize(("name", "password"), [("admin", "wrong wrong wrong"), ("nobody", PASSWORD), ("admin", "")])
def test_a_wrong_name_and_a_wrong_password_look_the_same(serve: Serve, name: str, password: str) -> None:
    client = serve()
    response = client.post("/v1/staff/login", json={"name": name, "password": password})
    assert response.status_code == 401
    assert response.json()["type"] == "/problems/wrong-password"
    assert response.json()["detail"].startswith("No account has this name and this password")
    assert "set-cookie" not in response.headers


def test_an_unknown_name_costs_as_much_work_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords()
    checked: list[str] = []
    hasher = passwords._hasher

    class Counting:
        def verify(self, held: str, password: str) -> bool:
            checked.append(held)
            return hasher.verify(held, password)

    held = passwords.hash(PASSWORD)
    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert passwords.check(PASSWORD, held)
    assert not passwords.check(PASSWORD, None)
    assert not passwords.check("another password", held)
    assert len(checked) == 3
    assert {re.sub(r"\$[^$]+\$[^$]+$", "", one) for one in checked} == {"$argon2id$v=19$m=65536,t=3,p=4"}


def test_a_disabled_account_is_not_let_in(serve: Serve, database: Database) -> None:
    client = serve()
    sign_in(client, "editor")
    with database.session() as session:
        change_account(session, "editor", disabled=True, by="test", now=datetime.now(UTC))
    assert client.get("/v1/staff/me").status_code == 401
    assert login(client, "editor") == 401


def test_attempts_are_limited_by_address_and_by_name(serve: Serve) -> None:
    client = serve(login_rate="3/minute", trusted_proxies=1)
    for number in range(3):
        assert login(client, "admin", "wrong wrong wrong", **{"X-Forwarded-For": f"203.0.113.{number}"}) == 401
    response = client.post(
        "/v1/staff/login",
        json={"name": "ADMIN", "password": PASSWORD},
        headers={"X-Forwarded-For": "203.0.113.9", "Accept-Language": "zh-HK"},
    )
    assert response.status_code == 429
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert "秒後再試" in response.json()["detail"]
    for name in ("a", "b", "c"):
        assert login(client, name, "wrong", **{"X-Forwarded-For": "203.0.113.50"}) == 401
    assert login(client, "reader", PASSWORD, **{"X-Forwarded-For": "203.0.113.50"}) == 429
    assert login(client, "reader", PASSWORD, **{"X-Forwarded-For": "203.0.113.51"}) == 200


@pytest.mark.parametrize("headers", [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "x" * 43}, {"X-CSRF-Token": "é"}])
def test_a_change_without_its_pages_token_is_refused(serve: Serve, headers: dict[str, str]) -> None:
    client = serve()
    sign_in(client, "editor")
    encoded = {name: value.encode() for name, value in headers.items()}
    response = client.post("/v1/staff/logout", headers=encoded)
    assert response.status_code == 403
    assert response.json()["type"] == "/problems/foreign-request"
    assert client.get("/v1/staff/me").status_code == 200


def test_a_form_may_bring_the_token_in_a_field(serve: Serve) -> None:
    client = serve()
    csrf = sign_in(client, "editor")["X-CSRF-Token"]
    assert client.post("/v1/staff/logout", data={"csrf_token": "wrong"}).status_code == 403
    assert client.post("/v1/staff/logout", data={"csrf_token": csrf}).status_code == 204


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_another_site_can_neither_change_nor_sign_in(serve: Serve, headers: dict[str, str]) -> None:
    client = serve()
    csrf = sign_in(client, "editor")
    assert client.post("/v1/staff/logout", headers={**csrf, **headers}).status_code == 403
    assert login(client, **headers) == 403
    assert login(client, **{"Origin": "http://testserver"}) == 200


def test_a_bearer_token_needs_no_page(serve: Serve, database: Database) -> None:
    client = serve()
    token, now = new_token(), datetime.now(UTC)
    with database.session() as session:
        add_token(session, "editor", token, label="t", by="t", now=now, expires_at=now + timedelta(days=1))
    bearer = {"Authorization": f"Bearer {token}"}
    me = client.get("/v1/staff/me", headers=bearer).json()
    assert (me["account"]["name"], me["csrf_token"]) == ("editor", None)
    for wrong in ("Bearer ", "Bearer x", f"Basic {token}", token):
        response = client.get("/v1/staff/me", headers={"Authorization": wrong})
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"


def test_each_role_may_do_what_those_before_it_may(serve: Serve) -> None:
    expected = {"reader": (200, 403, 403), "editor": (200, 404, 403), "admin": (200, 404, 200)}
    for role, statuses in expected.items():
        client = serve()
        csrf = sign_in(client, role)
        marked = client.post("/v1/staff/questions/1/mark", json={"mark": "done"}, headers=csrf)
        found = (client.get("/v1/staff/questions"), marked, client.get("/v1/staff/audit"))
        assert tuple(response.status_code for response in found) == statuses


def test_another_password_signs_every_browser_out(serve: Serve) -> None:
    client, other = serve(), serve()
    csrf = sign_in(client, "editor")
    sign_in(other, "editor")

    def change(present: str, new: str) -> int:
        given = {"present": present, "new": new}
        return client.post("/v1/staff/password", json=given, headers=csrf).status_code

    assert change("wrong wrong wrong", "a better password") == 401
    assert change(PASSWORD, "short") == 422
    assert change(PASSWORD, "a better password") == 204
    assert other.get("/v1/staff/me").status_code == 401
    assert login(client, "editor") == 401
    assert login(client, "editor", "a better password") == 200


def test_a_sign_in_is_logged_by_name_alone(serve: Serve, database: Database) -> None:
    sign_in(serve(), "editor")
    with database.session() as session:
        (entry,) = changes(session, action="account.sign-in")
    assert (entry.who, entry.before, entry.after) == ("editor", None, None)


def test_without_a_database_there_is_no_staff(client: TestClient) -> None:
    for response in (client.get("/v1/staff/me"), client.post("/v1/staff/login", json={"name": "a", "password": "b"})):
        assert response.status_code == 503
        assert response.json()["type"] == "/problems/no-store"


@pytest.fixture
def client_at_door(serve: Serve) -> TestClient:
    return serve()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.builds(lambda name, password: {"name": name, "password": password}, st.text(), st.text()),
        st.dictionaries(st.sampled_from(["name", "password", "x"]), st.one_of(st.none(), st.integers(), st.text())),
    )
)
def test_nothing_that_is_sent_to_the_door_opens_or_breaks_it(client_at_door: TestClient, body: object) -> None:
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    try:
        response = client_at_door.post("/v1/staff/login", headers={"Content-Type": "application/json"}, **content)  # type: ignore[arg-type]  # one of two
    except UnicodeEncodeError:  # half a surrogate pair: this client cannot send it
        return
    assert response.status_code in (400, 401, 422)


def test_a_password_has_a_length() -> None:
    passwords = Passwords()
    for password in ("short", "x" * 11, "x" * 257):
        with pytest.raises(WeakPassword, match="12 to 256 characters"):
            passwords.hash(password)
    assert passwords.check("密碼" * 6, passwords.hash("密碼" * 6))
    assert not passwords.check(PASSWORD, "not a hash")
    assert len({new_password() for _ in range(50)}) == 50
    assert len(new_password()) == 20


@pytest.mark.parametrize(
    ("forwarded", "trusted", "expected"),
    [
        (None, 0, "198.51.100.1"),
        ("203.0.113.7", 0, "198.51.100.1"),
        ("203.0.113.7", 1, "203.0.113.7"),
        ("10.0.0.1, 203.0.113.7", 1, "203.0.113.7"),
        ("10.0.0.1, 203.0.113.7, 192.0.2.1", 2, "203.0.113.7"),
        ("203.0.113.7", 2, "198.51.100.1"),
        (" , ", 1, "198.51.100.1"),
        (None, 1, "198.51.100.1"),
    ],
)
def test_only_trusted_proxies_tell_the_visitors_address(forwarded: str | None, trusted: int, expected: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"type": "http", "client": ("198.51.100.1", 5), "headers": headers}
    assert visitor_address(scope, trusted_proxies=trusted) == expected


def test_several_forwarded_headers_count_as_one_list() -> None:
    headers = [(b"x-forwarded-for", b"10.0.0.1"), (b"x-forwarded-for", b"203.0.113.7")]
    scope = {"type": "http", "client": ("198.51.100.1", 5), "headers": headers}
    assert visitor_address(scope, trusted_proxies=1) == "203.0.113.7"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:bbbb::9]:443", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("testclient", "unknown"),
        ("", "unknown"),
    ],
)
def test_one_customers_addresses_count_as_one(address: str, counted: str) -> None:
    assert network(address) == counted


def test_a_request_that_a_proxy_passed_on_is_not_local() -> None:
    local = {"type": "http", "client": ("127.0.0.1", 5), "headers": [], "scheme": "http"}
    assert is_loopback(local)
    assert not is_loopback({**local, "headers": [(b"x-forwarded-for", b"203.0.113.7")]})
    assert not is_loopback({**local, "client": ("203.0.113.7", 5)})
    assert not is_loopback({**local, "client": None})
    assert not is_https(local, trusted_proxies=1)


def test_the_first_account_is_made_by_a_command(tmp_path: Path) -> None:
    data = {"ESG_QA_DATA": str(tmp_path / "another")}
    assert "esg-qa account add" in run("account", "list", cwd=tmp_path, **data).stderr
    made = run("account", "add", "mei", "--role", "admin", "--generate", cwd=tmp_path, **data)
    assert made.exit_code == 0, made.stderr
    assert re.fullmatch(r"[\w-]{20}\n", made.stdout)
    assert made.stdout.strip() not in run("account", "list", cwd=tmp_path, **data).stdout
    assert run("account", "list", cwd=tmp_path, **data).stdout == "mei\tadmin\tenabled\n"
    assert "there is an account of this name" in told(
        run("account", "add", "mei", "--role", "reader", "--no-password", cwd=tmp_path, **data)
    )
    token = run("account", "token", "mei", "--days", "1", cwd=tmp_path, **data)
    assert re.fullmatch(r"esgqa_[\w-]{43}\n", token.stdout)
    assert "forgot 1 token of mei" in run("account", "token", "mei", "--revoke", cwd=tmp_path, **data).stderr


def test_mistakes_with_accounts_are_told_in_one_line(tmp_path: Path) -> None:
    data = {"ESG_QA_DATA": str(tmp_path / "another")}
    add = ["account", "add"]
    assert "expected reader, editor, admin" in told(run(*add, "lee", "--role", "boss", cwd=tmp_path, **data))
    assert "expected up to 64 letters" in told(run(*add, "a b", "--role", "admin", cwd=tmp_path, **data))
    run(*add, "lee", "--role", "admin", "--generate", cwd=tmp_path, **data)
    assert "make another one first" in told(run("account", "disable", "lee", cwd=tmp_path, **data))
    assert "no account of this name" in told(run("account", "enable", "mei", cwd=tmp_path, **data))
