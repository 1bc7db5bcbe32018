"""Human agents and their passwords."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine, delete, func, insert, select, update

from .schema import agents, sessions

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
MIN_PASSWORD = 8
"""Shortest password taken (NIST SP 800-63B, memorised secrets)."""

MAX_PASSWORD = 1024
"""Longest password taken: a hash of megabytes would keep the server busy."""

SESSION = timedelta(hours=12)
"""How long a login lasts: a long shift."""


class Role(StrEnum):
    """An agent works at the desk; a supervisor also decides what is learned there; an admin may do everything."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class HumanAgent(BaseModel):
    """A person at the desk."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    role: Role = Role.AGENT

    @property
    def supervises(self) -> bool:
        """Whether the supervisors' page is theirs."""
        return self.role in (Role.SUPERVISOR, Role.ADMIN)


class AccountError(ValueError):
    """An account cannot be made as asked; one line that says why."""


class Accounts:
    """Agents in the store's database; passwords as Argon2id hashes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._hasher = PasswordHasher()
        # Verified against when the login is unknown, so that both cases take the same time.
        self._decoy = self._hasher.hash(secrets.token_hex(16))

    def create(self, login: str, password: str, *, name: str = "", role: Role = Role.AGENT) -> HumanAgent:
        """Add an agent.

        Raises:
            AccountError: the login is taken or malformed, or the password too short or too long.
        """
        login = login.strip().lower()
        if not _ID.fullmatch(login):
            raise AccountError(f"login {login!r}: 2 to 63 of a-z, 0-9, dot, dash, underscore")
        _check(password)
        if self.get(login):
            raise AccountError(f"login {login!r} is taken")
        made = HumanAgent(id=login, name=name.strip()[:64] or login, role=role)
        row = made.model_dump() | {
            "password_hash": self._hasher.hash(password),
            "created_at": datetime.now(UTC),
        }
        with self._engine.execution_options(write=True).begin() as connection:
            connection.execute(insert(agents).values(**row))
        return made

    def verify(self, login: str, password: str) -> HumanAgent | None:
        """The agent, where login and password are right; takes as long when the login is unknown."""
        query = select(agents).where(agents.c.id == login.strip().lower()[:64])
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        try:
            self._hasher.verify(row["password_hash"] if row else self._decoy, password[:MAX_PASSWORD])
        except (VerificationError, InvalidHashError):
            return None
        return HumanAgent.model_validate(dict(row)) if row else None

    def get(self, agent_id: str) -> HumanAgent | None:
        """The agent with this id."""
        with self._engine.connect() as connection:
            row = connection.execute(select(agents).where(agents.c.id == agent_id)).mappings().first()
        return HumanAgent.model_validate(dict(row)) if row else None

    def set_password(self, agent_id: str, password: str) -> None:
        """Change a password; the agent's sessions end.

        Raises:
            AccountError: no such agent, or the password is too short or too long.
        """
        _check(password)
        hashed = self._hasher.hash(password)
        with self._engine.execution_options(write=True).begin() as connection:
            done = connection.execute(update(agents).where(agents.c.id == agent_id).values(password_hash=hashed))
            connection.execute(delete(sessions).where(sessions.c.agent_id == agent_id))
        if not done.rowcount:
            raise AccountError(f"no agent {agent_id!r}")

    def set_role(self, agent_id: str, role: Role) -> None:
        """Change what an agent may do, from their next request on.

        Raises:
            AccountError: no such agent.
        """
        with self._engine.execution_options(write=True).begin() as connection:
            done = connection.execute(update(agents).where(agents.c.id == agent_id).values(role=role))
        if not done.rowcount:
            raise AccountError(f"no agent {agent_id!r}")

    def count(self) -> int:
        """How many agents there are."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(agents)).scalar_one()

    def list(self) -> list[HumanAgent]:
        """All agents by id."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(agents).order_by(agents.c.id)).mappings()
            return [HumanAgent.model_validate(dict(row)) for row in rows]

    def start_session(self, agent: HumanAgent) -> str:
        """Log an agent in; the returned token is kept here only as a hash."""
        token, now = secrets.token_urlsafe(32), datetime.now(UTC)
        row = {
            "token_hash": _digest(token),
            "agent_id": agent.id,
            "created_at": now,
            "expires_at": now + SESSION,
        }
        with self._engine.execution_options(write=True).begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at < now))
            connection.execute(insert(sessions).values(**row))
        return token

    def session(self, token: str) -> HumanAgent | None:
        """Who is logged in with this token, None where it is unknown, ended or too old."""
        query = (
            select(agents)
            .join(sessions, sessions.c.agent_id == agents.c.id)
            .where(sessions.c.token_hash == _digest(token), sessions.c.expires_at > datetime.now(UTC))
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return HumanAgent.model_validate(dict(row)) if row else None

    def end_session(self, token: str) -> None:
        """Log out."""
        with self._engine.execution_options(write=True).begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == _digest(token)))


def _check(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise AccountError(f"the password needs at least {MIN_PASSWORD} characters")
    if len(password) > MAX_PASSWORD:
        raise AccountError(f"the password has more than {MAX_PASSWORD} characters")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
