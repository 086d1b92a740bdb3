"""Tell where a request came from, past the proxies that the operator trusts."""

from ipaddress import IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope


def visitor_address(scope: Scope, *, trusted_proxies: int) -> str:
    """Give the address of whoever sent the request; empty when the server was told none.

    Each proxy adds the address it was called from to the end of X-Forwarded-For, so only the last `trusted_proxies`
    entries are believed; what stands before them was written by the visitor.
    """
    peer = str(scope["client"][0]) if scope.get("client") else ""
    if not trusted_proxies:
        return peer
    told = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
    entries = [entry.strip() for entry in told if entry.strip()]
    return entries[-trusted_proxies][:64] if len(entries) >= trusted_proxies else peer


def network(address: str) -> str:
    """Give what is counted as one visitor: an IPv4 address, or the /64 that one IPv6 customer is given.

    >>> network("203.0.113.7"), network("2001:db8:1:2:aaaa::1"), network("::ffff:203.0.113.7"), network("?")
    ('203.0.113.7', '2001:db8:1:2::/64', '203.0.113.7', 'unknown')
    """
    try:
        parsed = ip_address(address.removeprefix("[").split("]")[0])
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"


def is_loopback(scope: Scope) -> bool:
    """Tell a request made on this machine itself; one that a proxy passed on is none."""
    headers = Headers(scope=scope)
    if any(name in headers for name in ("x-forwarded-for", "x-real-ip", "forwarded", "via")):
        return False
    try:
        return ip_address(str(scope["client"][0]) if scope.get("client") else "").is_loopback
    except ValueError:
        return False


def is_https(scope: Scope, *, trusted_proxies: int) -> bool:
    """Tell whether the visitor's browser speaks HTTPS, to us or to a trusted proxy."""
    if trusted_proxies:
        told = Headers(scope=scope).get("x-forwarded-proto", "").split(",")[-1].strip().lower()
        if told:
            return told == "https"
    return bool(scope["scheme"] == "https")
