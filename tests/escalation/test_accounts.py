from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from batonpass.escalation import AccountError, Accounts, HumanAgent, Role, SQLStore
from batonpass.escalation.schema import agents, sessions
from sqlalchemy import select, update

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def opened() -> Iterator[SQLStore]:
    store = SQLStore("sqlite://")
    yield store
    store.close()


@pytest.fixture
def accounts(opened: SQLStore) -> Accounts:
    with opened.engine.execution_options(write=True).begin() as connection:
        connection.execute(sessions.delete())
        connection.execute(agents.delete())
    return Accounts(opened.engine)


def test_create_and_verify(accounts: Accounts) -> None:
    made = accounts.create(" Mina ", PASSWORD, name="Mina Kim", role=Role.ADMIN)
    assert made == HumanAgent(id="mina", name="Mina Kim", role=Role.ADMIN)
    assert accounts.verify("MINA", PASSWORD) == made
    assert accounts.get("mina") == made
    assert accounts.count() == 1


@pytest.mark.parametrize("password", ["", "wrong horse", PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1]])
def test_a_wrong_password_is_nobody(accounts: Accounts, password: str) -> None:
    accounts.create("mina", PASSWORD)
    assert accounts.verify("mina", password) is None
    assert accounts.verify("nobody", password) is None


def test_the_longest_password_counts_to_its_end(accounts: Accounts) -> None:
    accounts.create("mina", "p" * 1024)
    assert accounts.verify("mina", "p" * 1024)
    assert accounts.verify("mina", "p" * 1023) is None
    with pytest.raises(AccountError, match="more than 1024"):  # or they could never log in
        accounts.create("juno", "p" * 1025)


@pytest.mark.parametrize("login", ["", "a", "-a", "a b", "a/b", "미나", "a" * 64, "a\n", "a'--"])
def test_malformed_logins(accounts: Accounts, login: str) -> None:
    with pytest.raises(AccountError, match="login"):
        accounts.create(login + ("\0" if login == "a\n" else ""), PASSWORD)
    assert accounts.count() == 0


def test_a_login_is_taken_once(accounts: Accounts) -> None:
    accounts.create("mina", PASSWORD)
    with pytest.raises(AccountError, match="taken"):
        accounts.create("MINA", PASSWORD)


def test_a_short_password_is_refused(accounts: Accounts) -> None:
    with pytest.raises(AccountError, match="8 characters"):
        accounts.create("mina", "1234567")
    accounts.create("mina", PASSWORD)
    with pytest.raises(AccountError, match="8 characters"):
        accounts.set_password("mina", "1234567")
    assert accounts.verify("mina", PASSWORD)


def test_passwords_and_tokens_are_kept_as_hashes(accounts: Accounts, opened: SQLStore) -> None:
    token = accounts.start_session(accounts.create("mina", PASSWORD))
    with opened.engine.connect() as connection:
        stored = str(connection.execute(select(agents)).all()) + str(connection.execute(select(sessions)).all())
    assert "$argon2id$" in stored
    assert PASSWORD not in stored
    assert token not in stored


def test_a_session_lasts_until_it_is_ended(accounts: Accounts) -> None:
    mina = accounts.create("mina", PASSWORD)
    one, two = accounts.start_session(mina), accounts.start_session(mina)
    assert one != two
    assert accounts.session(one) == accounts.session(two) == mina
    accounts.end_session(one)
    assert accounts.session(one) is None
    assert accounts.session(two) == mina
    assert accounts.session("") is None
    assert accounts.session("forged") is None


def test_a_session_ends_by_itself(accounts: Accounts, opened: SQLStore) -> None:
    token = accounts.start_session(accounts.create("mina", PASSWORD))
    with opened.engine.execution_options(write=True).begin() as connection:
        started = connection.execute(select(sessions.c.created_at)).scalar_one()
        connection.execute(update(sessions).values(expires_at=started - timedelta(seconds=1)))
    assert accounts.session(token) is None


def test_a_new_password_ends_all_sessions(accounts: Accounts) -> None:
    token = accounts.start_session(accounts.create("mina", PASSWORD))
    accounts.set_password("mina", "another horse")
    assert accounts.session(token) is None
    assert accounts.verify("mina", PASSWORD) is None
    assert accounts.verify("mina", "another horse")


def test_a_new_role_counts_in_a_running_session(accounts: Accounts) -> None:
    token = accounts.start_session(accounts.create("mina", PASSWORD))
    for role, supervises in ((Role.SUPERVISOR, True), (Role.ADMIN, True), (Role.AGENT, False)):
        accounts.set_role("mina", role)
        mina = accounts.session(token)
        assert mina is not None
        assert (mina.role, mina.supervises) == (role, supervises)
    with pytest.raises(AccountError, match="no agent"):
        accounts.set_role("nobody", Role.ADMIN)


def test_nobodys_password_cannot_be_changed(accounts: Accounts) -> None:
    with pytest.raises(AccountError, match="no agent"):
        accounts.set_password("nobody", PASSWORD)


def test_list_is_by_id(accounts: Accounts) -> None:
    for login in ("zoe", "ada", "mina"):
        accounts.create(login, PASSWORD)
    assert [agent.id for agent in accounts.list()] == ["ada", "mina", "zoe"]
