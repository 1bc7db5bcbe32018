"""The command line: machine output on stdout, talk on stderr; a user's mistake is one line and exit 2."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.exceptions import TyperException

from .aliasing import aliases_app
from .benching import bench
from .console import fail, talk
from .evaluating import evaluate
from .ingesting import ingest
from .policing import policing
from .replaying import replaying
from .training import train_encoder

app = typer.Typer(
    name="batonpass",
    help="Customer service in Korean and English: a sourced assistant, and a person in time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
agents_app = typer.Typer(help="Human agents and their logins.", no_args_is_help=True)
app.add_typer(agents_app, name="agents")
app.add_typer(aliases_app, name="aliases")
app.command("ingest")(ingest)
app.command("train-encoder")(train_encoder)
app.command("eval")(evaluate)
app.command("policy")(policing)
app.command("replay")(replaying)
app.command("bench")(bench)

DataOption = Annotated[Path | None, typer.Option("--data", help="Folder for conversations and knowledge.")]
KbOption = Annotated[Path | None, typer.Option("--kb", help="Knowledge folder; default: the sample shop's.")]


def main() -> None:
    """Run the command line."""
    from ..agent.settings import SettingsError
    from ..escalation.accounts import AccountError
    from ..escalation.customers import CustomerFileError
    from ..escalation.database import StoreError
    from ..escalation.yamlfile import InputError
    from ..knowledge.base import KnowledgeError

    try:
        # Bytes that are no UTF-8 come as halves of characters, which no database takes.
        arguments = [value.encode("utf-8", "replace").decode() for value in sys.argv[1:]]
        sys.exit(app(arguments, prog_name="batonpass", standalone_mode=False) or 0)
    except (SettingsError, AccountError, CustomerFileError, StoreError, KnowledgeError, InputError) as error:
        fail(str(error))
    except TyperException as error:
        if error.__class__.__name__ == "NoArgsIsHelpError":  # the message is the help
            talk.print(error.format_message(), markup=False)
            sys.exit(2)
        fail(f"{error.format_message()} (see --help)")
    except OSError as error:  # such as a file where a folder should be
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except UnicodeDecodeError as error:
        fail(f"not UTF-8: {error}")
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)


def _settings(**given: Any):
    from ..agent.settings import Settings

    return Settings(**{name: value for name, value in given.items() if value is not None})


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Customer service in Korean and English."""
    if show:
        from .. import __version__

        print(__version__)
        raise typer.Exit


@app.command()
def serve(
    kb: KbOption = None,
    data: DataOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Follow changes of the knowledge folder.")] = False,
) -> None:
    """Run the web app: customers at /chat, agents at /desk."""
    from .server import run

    run(_settings(kb=kb, data=data, host=host, port=port), talk, watch=watch)


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="A customer's message.")],
    kb: KbOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """One turn: decision, reply, citations, confidence. Nothing is kept."""
    import asyncio
    import tempfile

    from ..agent.compose import compose
    from ..agent.turn import MessageError

    with tempfile.TemporaryDirectory(prefix="batonpass-") as folder:
        settings = _settings(kb=kb, data=Path(folder))
        with compose(settings) as parts:
            parts.sync([settings.knowledge])
            conversation = parts.store.create()
            try:
                parts.assistant.receive(conversation.id, text)
            except MessageError as error:
                fail(str(error))
            result = asyncio.run(parts.assistant.answer(conversation.id))
            if result is None:
                raise RuntimeError("a new conversation was not answered")
            outcome = result.outcome
    verdict = outcome.verdict
    cited = [citation.model_dump(mode="json") for citation in outcome.citations]
    if as_json:
        shown = {
            "decision": verdict.decision,
            "reply": outcome.text,
            "citations": cited,
            "confidence": round(verdict.confidence, 4),
            "reasons": verdict.reasons,
            "choices": outcome.choices,
            "rule": verdict.rule,
        }
        print(json.dumps(shown, ensure_ascii=False))
        return
    print(outcome.text)
    for citation in outcome.citations:
        print(f"  [{citation.n}] {' > '.join(citation.heading_path)} ({citation.document_id})")
    for choice in outcome.choices:
        print(f"  - {choice}")
    reasons = f", because of {', '.join(verdict.reasons)}" if verdict.reasons else ""
    talk.print(f"{verdict.decision}{reasons}; confidence {verdict.confidence:.2f}", markup=False)


@app.command()
def link(
    customer: Annotated[str, typer.Argument(help="Customer id.")],
    kb: KbOption = None,
    data: DataOption = None,
    base: Annotated[str, typer.Option(help="Where the app is reached.")] = "http://127.0.0.1:7860",
) -> None:
    """Print a chat link that identifies a customer (what your own site would hand out)."""
    from ..agent.compose import customers
    from .auth import Keys, load_secret

    settings = _settings(kb=kb, data=data)
    if customers(settings).get(customer) is None:
        fail(f"no customer {customer!r}")
    keys = Keys(load_secret(settings.data / "secret.key"))
    print(f"{base.rstrip('/')}/chat/?identity={keys.sign('identity', customer)}")


@agents_app.command("add")
def add_agent(
    login: Annotated[str, typer.Argument(help="a-z, 0-9, dot, dash, underscore.")],
    name: Annotated[str, typer.Option(help="As customers see it.")] = "",
    supervisor: Annotated[bool, typer.Option("--supervisor", help="May also approve learned questions.")] = False,
    admin: Annotated[
        bool, typer.Option("--admin", help="May also free conversations and run evaluations.")
    ] = False,
    data: DataOption = None,
) -> None:
    """Add an agent; the password is asked for (or read as a line from a pipe)."""
    from ..escalation import Accounts, Role, SQLStore

    accounts = Accounts(SQLStore(_settings(data=data).database_url).engine)
    role = Role.ADMIN if admin else Role.SUPERVISOR if supervisor else Role.AGENT
    made = accounts.create(login, _password(), name=name, role=role)
    talk.print(f"added {made.id} ({made.name}, {made.role})", markup=False)


@agents_app.command("password")
def change_password(login: Annotated[str, typer.Argument()], data: DataOption = None) -> None:
    """Set an agent's password; their sessions end."""
    from ..escalation import Accounts, SQLStore

    Accounts(SQLStore(_settings(data=data).database_url).engine).set_password(login, _password())
    talk.print(f"changed the password of {login}", markup=False)


@agents_app.command("role")
def change_role(
    login: Annotated[str, typer.Argument()],
    role: Annotated[Literal["agent", "supervisor", "admin"], typer.Argument(help="What they may do from now on.")],
    data: DataOption = None,
) -> None:
    """Make an agent a supervisor or an admin, or an agent again."""
    from ..escalation import Accounts, Role, SQLStore

    Accounts(SQLStore(_settings(data=data).database_url).engine).set_role(login, Role(role))
    talk.print(f"{login} is {role} now", markup=False)


@agents_app.command("list")
def list_agents(data: DataOption = None) -> None:
    """List agents."""
    from ..escalation import Accounts, SQLStore

    for agent in Accounts(SQLStore(_settings(data=data).database_url).engine).list():
        print(f"{agent.id}\t{agent.role}\t{agent.name}")


def _password() -> str:
    if sys.stdin.isatty():
        return typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return sys.stdin.readline().rstrip("\n")
