"""Opens the database and brings it to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool


class StoreError(Exception):
    """The database cannot be used; one line that says which and why."""


def open_database(url: str, *, durable: bool = True) -> Engine:
    """Open a database and migrate it.

    Args:
        url: SQLAlchemy URL; ``sqlite:///path`` or ``sqlite://`` (in memory, for one process's tests).
        durable: Wait for the disk at each commit (SQLite); False for databases that are thrown away.

    Raises:
        StoreError: it cannot be opened, is not a Batonpass database or is damaged.
    """
    try:
        engine = create_engine(url, hide_parameters=True, **_options(url))
    except (SQLAlchemyError, OSError, ImportError) as error:  # no URL, no such driver, no such folder
        raise StoreError(f"cannot use the database {_shown(url)}: {str(error).splitlines()[0]}") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect if durable else _on_connect_fast)
        event.listen(engine, "begin", _on_begin)
    try:
        _migrate(engine)
    except (DatabaseError, OperationalError, CommandError, SQLAlchemyError) as error:
        engine.dispose()
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise StoreError(f"cannot use the database {_shown(url)}: {reason}") from None
    return engine


def _shown(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "(no URL)"


def _options(url: str) -> dict:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return {"pool_pre_ping": True}
    if parsed.database in (None, "", ":memory:"):
        # One connection is the database; threads take turns at it (StaticPool would mix their transactions).
        return {
            "connect_args": {"check_same_thread": False},
            "poolclass": QueuePool,
            "pool_size": 1,
            "max_overflow": 0,
        }
    Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    # More threads than the default 5 + 10 wait for one writer when a hundred agents claim at once.
    return {"connect_args": {"check_same_thread": False, "timeout": 30}, "pool_size": 32, "max_overflow": 96}


def _on_connect(connection, _record) -> None:
    connection.isolation_level = None  # SQLAlchemy emits BEGIN itself, see _on_begin
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: what was acknowledged survives a power cut, not only a crash of the process.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()


def _on_connect_fast(connection, record) -> None:
    _on_connect(connection, record)
    connection.execute("PRAGMA synchronous=OFF")


def _on_begin(connection) -> None:
    # A writer takes the lock before it reads, so that read-then-write is one step (else: "database is locked").
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
