"""Which hosts and network addresses a crawl may reach: the guard against being sent to somebody's inside."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

import httpx

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(ValueError):
    """Why an address is not fetched, in words for the operator."""


class Hosts:
    """The allow-list of one crawl.

    Args:
        start: The address that the operator named; its host is allowed.
        named: Further hosts, as ``name`` (ports 80, 443 and that of the start) or ``name:port``. Only hosts in
            here may have private addresses.
    """

    def __init__(self, start: httpx.URL, named: Iterable[str]) -> None:
        self._named = {name.strip().lower() for name in named}
        self._start = _host(start)
        self._ports = {80, 443, _port(start)}

    def check(self, url: httpx.URL) -> None:
        """Refuse an address that is outside.

        Raises:
            Refused: other scheme, credentials in it, or a host or port that is not allowed.
        """
        if url.scheme not in _DEFAULT_PORTS:
            raise Refused(f"{url.scheme or 'this'} addresses are not read")
        if url.userinfo:
            raise Refused("holds a password")
        host, port = _host(url), _port(url)
        if f"{host}:{port}" in self._named:
            return
        if port not in self._ports or (host != self._start and host not in self._named):
            raise Refused(f"{_shown(url)} is not an allowed host")

    def resolve(self, url: httpx.URL) -> str:
        """The network address to connect to; connecting to it and not to the name, nobody can change it after.

        Raises:
            Refused: the name has no address, or a private one and was not named by the operator.
        """
        host, port = _host(url), _port(url)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Refused(f"{host} is unknown: {getattr(error, 'strerror', None) or 'no address'}") from error
        addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
        if not addresses:
            raise Refused(f"{host} has no address")
        if host not in self._named and f"{host}:{port}" not in self._named:
            for address in addresses:
                if not is_public(ipaddress.ip_address(address)):
                    raise Refused(f"{host} has a private address ({address}): allow the host by name to read it")
        return addresses[0]


def is_public(address: Address) -> bool:
    """Whether an address is on the open internet, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii").lower().rstrip(".").strip("[]")


def _port(url: httpx.URL) -> int:
    return url.port or _DEFAULT_PORTS.get(url.scheme, 0)


def _shown(url: httpx.URL) -> str:
    return url.netloc.decode("ascii", "replace")
