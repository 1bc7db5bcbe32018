from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from batonpass.escalation import SQLStore, StoreError
from batonpass.escalation.database import open_database
from batonpass.escalation.schema import metadata
from sqlalchemy import inspect, text


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def refused(where: Path) -> str:
    with pytest.raises(StoreError) as raised:
        open_database(url(where))
    message = str(raised.value)
    assert len(message.splitlines()) == 1
    assert str(where) in message
    return message


def test_a_fresh_file_gets_all_tables(tmp_path: Path) -> None:
    engine = open_database(url(tmp_path / "new" / "folder" / "x.sqlite"))
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_the_migrations_make_the_schema(tmp_path: Path) -> None:
    engine = open_database(url(tmp_path / "x.sqlite"))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_an_already_migrated_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    store = SQLStore(url(path))
    made = store.create().id
    store.close()
    with sqlite3.connect(path) as raw:
        before = raw.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    store = SQLStore(url(path))
    assert store.get(made).id == made
    store.close()
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall() == before


def test_commits_survive_a_power_cut_unless_said_otherwise(tmp_path: Path) -> None:
    for durable, expected in ((True, 2), (False, 0)):
        engine = open_database(url(tmp_path / f"{durable}.sqlite"), durable=durable)
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar() == expected
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        engine.dispose()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    path.write_bytes(b"these are not the bytes you are looking for\n" * 100)
    assert "not a database" in refused(path)


def test_a_damaged_database(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    SQLStore(url(path)).close()
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xff" * (4096 - 100)
    path.write_bytes(content)
    refused(path)


def test_a_folder(tmp_path: Path) -> None:
    refused(tmp_path)


def test_somebody_elses_database(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE conversations (id TEXT)")
    refused(path)


def test_a_database_of_a_newer_release(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    SQLStore(url(path)).close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    refused(path)


@pytest.mark.parametrize("bad", ["", "nonsense", "sqlite", "oracle+nothing://x", "sqlite+nothing:///x"])
def test_a_url_that_is_none(bad: str) -> None:
    with pytest.raises(StoreError) as raised:
        open_database(bad)
    assert len(str(raised.value).splitlines()) == 1


def test_a_password_is_not_shown() -> None:
    with pytest.raises(StoreError) as raised:
        open_database("postgresql+nothing://me:hunter22@127.0.0.1:1/x")
    assert "hunter22" not in str(raised.value)
